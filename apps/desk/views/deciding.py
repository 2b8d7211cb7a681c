"""What agents decide about a reply on its way: take it back, it arrived, send it again."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.http import person
from apps.core.errors import DomainError
from apps.desk.present.composing import typed_again
from apps.desk.present.tickets import Trouble
from apps.desk.queries.composing import taken_back
from apps.desk.queries.tickets import ticket_of
from apps.desk.views.access import desk_page, is_part
from apps.desk.views.acting import REFUSED, done
from apps.desk.views.screens import place_of
from apps.desk.views.ticket import changed_parts, whole_ticket
from apps.flows.deciding_delivery import confirm_arrival, send_again
from apps.tickets.models import Message
from apps.tickets.services.withdrawing import withdraw_reply


@require_POST
@desk_page
def take_back(request: HttpRequest, number: int, message_id: int) -> HttpResponse:
    """Take a reply back, and put its text into the composer again."""
    me = person(request)
    if refused := attempt(request, number, message_id, withdraw_reply):
        return refused
    ticket = ticket_of(number, me)
    if not is_part(request):
        url = place_of(request).ticket_url(number)
        joint = "&" if "?" in url else "?"
        again = urlencode({"again": message_id})
        return HttpResponseRedirect(f"{url}{joint}{again}#composer")
    found, since = taken_back(ticket, str(message_id), me), request.POST.get("typed", "")
    typed = typed_again(*found, since=since, key=uuid4().hex) if found else None
    response = whole_ticket(request, ticket, typed=typed)
    response["HX-Trigger"] = "desk:changed"
    return response


@require_POST
@desk_page
def arrived(request: HttpRequest, number: int, message_id: int) -> HttpResponse:
    """Say that a reply in doubt arrived."""
    return attempt(request, number, message_id, confirm_arrival) or done(request, number)


@require_POST
@desk_page
def again(request: HttpRequest, number: int, message_id: int) -> HttpResponse:
    """Send a reply once more."""
    return attempt(request, number, message_id, send_again) or done(request, number)


def attempt(
    request: HttpRequest, number: int, message_id: int, service: Callable[..., Any]
) -> HttpResponse | None:
    """Do it; what cannot be done any more is told on the message."""
    me = person(request)
    ticket = ticket_of(number, me)
    message = get_object_or_404(Message, pk=message_id, ticket=ticket)
    try:
        service(message_id=message.pk, by=me, at=timezone.now())
    except DomainError as error:
        trouble = Trouble(of_message=(message.pk, str(error)))
        show = changed_parts if is_part(request) else whole_ticket
        response = show(request, ticket_of(number, me), trouble=trouble, status=REFUSED)
        response["HX-Reswap"] = "none"  # parts find their places; the composer is left alone
        return response
    return None
