"""Everything a whole screen shows, gathered once for every view."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.http import person
from apps.desk.place import Place
from apps.desk.present import beside as beside_view
from apps.desk.present.frame import rail
from apps.desk.present.lists import list_of
from apps.desk.present.tickets import Choosable, Typed, composer, ticket_view
from apps.desk.queries import beside, lists, tickets
from apps.tickets.models import Ticket


def place_of(request: HttpRequest) -> Place:
    """Where in the list the request comes from."""
    return Place.of(request.GET.dict())


def frame_of(
    request: HttpRequest, place: Place, *, at: datetime, opened: int | None = None
) -> Any:
    """The rail and the list: what surrounds every screen."""
    me = person(request)
    waiting = lists.waiting_in_views(me)
    page = lists.page_of(place, me, after=request.GET.get("after", ""))
    pending = lists.pending_at(place, me)
    return {
        "rail": rail(me, place, waiting, {}),
        "list": list_of(
            place, page, waiting=waiting, pending=pending, dues={}, opened=opened, at=at
        ),
        "stream_url": f"{settings.STREAM_URL}/stream/",
    }


def ticket_context(
    request: HttpRequest,
    ticket: Ticket,
    place: Place,
    *,
    at: datetime,
    typed: Typed | None = None,
    problem_title: str = "",
    problems: list[str] | None = None,
) -> dict[str, Any]:
    """One ticket with everything beside it."""
    me = person(request)
    story = tickets.story_of(ticket, whole=request.GET.get("whole") == "1")
    view = ticket_view(
        ticket,
        story,
        place,
        me=me,
        choosable=Choosable(agents=tickets.agents(), teams=tickets.teams()),
        dues=[],
        at=at,
        problem_title=problem_title,
        problems=problems,
    )
    return {
        "ticket": view,
        "composer": composer(ticket, typed or Typed(key=uuid4().hex), seen=story.seen),
        "customer": beside_view.customer_view(
            ticket.customer, beside.other_tickets(ticket), place, at=at
        ),
        "orders": [],
        "why": [],
        "crm": [],
        "runs": [
            beside_view.run_view(run, at=at, link=me.has_perm("coordination.view_run"))
            for run in beside.runs_of(ticket)
        ],
    }
