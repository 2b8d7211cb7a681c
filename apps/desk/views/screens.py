"""Everything a whole screen shows, gathered once for every view."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.http import person
from apps.accounts.models import User
from apps.crm.queries import contacts_of_customer, notes_about
from apps.desk.place import Place
from apps.desk.present import why
from apps.desk.present.beside import customer_view, run_view
from apps.desk.present.composing import Typed, composer
from apps.desk.present.crm import crm_view
from apps.desk.present.dues import dues_of, pressing
from apps.desk.present.frame import filters, rail
from apps.desk.present.lists import list_of
from apps.desk.present.orders import order_views
from apps.desk.present.tickets import Choosable, Trouble, ticket_view
from apps.desk.queries import beside, lists, tickets
from apps.desk.queries.composing import stationery_of
from apps.escalation.queries import escalations_of, promises_of
from apps.review.queries import reviews_of
from apps.routing.queries import decisions_of
from apps.tickets.models import Ticket
from apps.triage.queries import latest_classification


def place_of(request: HttpRequest) -> Place:
    """Where in the list the request comes from."""
    return Place.of(request.GET.dict())


def frame_of(
    request: HttpRequest, place: Place, *, at: datetime, opened: int | None = None
) -> dict[str, Any]:
    """The rail and the list: what surrounds every screen."""
    page = lists.page_of(place, person(request), after=request.GET.get("after", ""))
    dues = pressing(promises_of(page.tickets), at=at)
    counts = counts_of(request, place)
    return {
        "rail": counts["rail"],
        "list": list_of(place, page, filters=counts["filters"], dues=dues, opened=opened, at=at),
        "stream_url": f"{settings.STREAM_URL}/stream/",
    }


def counts_of(request: HttpRequest, place: Place) -> dict[str, Any]:
    """How much waits where: the rail, and the filters above the list."""
    me = person(request)
    waiting = lists.waiting_in_views(me)
    return {
        "rail": rail(me, place, waiting, lists.waiting_elsewhere(me)),
        "filters": filters(place, waiting, lists.pending_at(place, me)),
    }


def ticket_context(
    request: HttpRequest,
    ticket: Ticket,
    place: Place,
    *,
    at: datetime,
    typed: Typed | None,
    trouble: Trouble | None = None,
) -> dict[str, Any]:
    """One ticket with everything beside it; with a composer where something is typed."""
    me = person(request)
    story = tickets.story_of(ticket, whole=request.GET.get("whole") == "1")
    view = ticket_view(
        ticket,
        story,
        place,
        me=me,
        choosable=Choosable(agents=tickets.agents(), teams=tickets.teams()),
        dues=dues_of(promises_of([ticket])[ticket.pk], at=at),
        at=at,
        trouble=trouble,
    )
    followers = list(ticket.followers.all())
    box: Any = {"seen": story.seen}
    if typed:
        stationery = stationery_of(ticket, me, followers, story.messages)
        box = composer(ticket, typed, stationery, me=me, seen=story.seen)
    return {"ticket": view, "composer": box, "followers": followers} | beside_context(
        ticket, place, me, at=at
    )


def beside_context(ticket: Ticket, place: Place, me: User, *, at: datetime) -> dict[str, Any]:
    """The panels beside the conversation."""
    mentions = beside.mentions_of(ticket)
    others = beside.other_tickets(ticket)
    link = me.is_staff and me.has_perm("coordination.view_run")
    return {
        "customer": customer_view(ticket.customer, others, place, at=at),
        "orders": order_views(beside.orders_beside(ticket, mentions), mentions, at=at),
        "why": [
            *why.classification_reason(latest_classification(ticket_id=ticket.pk)),
            *why.review_reasons(reviews_of(ticket.pk), at=at),
            *why.order_reasons(mentions),
            *why.routing_reason(decisions_of(ticket.pk)),
            *why.escalation_reasons(escalations_of(ticket.pk)),
        ],
        "crm": crm_view(
            contacts_of_customer(ticket.customer_id, limit=3), notes_about(ticket.stream), at=at
        ),
        "runs": [run_view(run, at=at, link=link) for run in beside.runs_of(ticket)],
    }
