"""One ticket: the whole page, its pane, and what may have changed on it."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.http import person
from apps.desk.present.composing import Typed, typed_again
from apps.desk.present.tickets import Trouble
from apps.desk.queries.composing import taken_back
from apps.desk.queries.tickets import ticket_of
from apps.desk.views.access import aimed_at, desk_page
from apps.desk.views.screens import frame_of, place_of, ticket_context
from apps.tickets.models import Ticket


@require_safe
@desk_page
def ticket_page(request: HttpRequest, number: int) -> HttpResponse:
    """Show a ticket; to a script that has the list already, only the ticket."""
    ticket = ticket_of(number, person(request))
    return whole_ticket(request, ticket, typed=written_before(request, ticket))


def written_before(request: HttpRequest, ticket: Ticket) -> Typed | None:
    """The reply to go on with, if the address names one that this person took back."""
    found = taken_back(ticket, request.GET.get("again", ""), person(request))
    return typed_again(*found, key=uuid4().hex) if found else None


def whole_ticket(
    request: HttpRequest,
    ticket: Ticket,
    *,
    typed: Typed | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a ticket, with what was typed and not taken."""
    at, place = timezone.now(), place_of(request)
    context = ticket_context(
        request,
        ticket,
        place,
        at=at,
        typed=typed or Typed(key=uuid4().hex),
        trouble=trouble,
    )
    if aimed_at(request, "pane"):
        return render(request, "desk/_ticket.html", context, status=status)
    context |= frame_of(request, place, at=at, opened=ticket.pk)
    return render(request, "desk/ticket.html", context, status=status)


@require_safe
@desk_page
def live_ticket(request: HttpRequest, number: int) -> HttpResponse:
    """Send what may have changed on an open ticket; the composer is left alone."""
    return changed_parts(request, ticket_of(number, person(request)))


def changed_parts(
    request: HttpRequest,
    ticket: Ticket,
    *,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render head, conversation and context, each to be put in its place."""
    context = ticket_context(
        request,
        ticket,
        place_of(request),
        at=timezone.now(),
        typed=None,
        trouble=trouble,
    )
    return render(request, "desk/_live.html", context, status=status)
