"""Who gets copies of a ticket's replies, as agents say."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.http import person
from apps.core.errors import DomainError
from apps.desk.forms import LONGEST_LIST, plain_addresses
from apps.desk.present.tickets import Trouble
from apps.desk.queries.tickets import ticket_of
from apps.desk.views.access import desk_page, is_part
from apps.desk.views.acting import REFUSED, done
from apps.desk.views.ticket import changed_parts, whole_ticket
from apps.tickets.services.following import follow, unfollow


@require_POST
@desk_page
def change_followers(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody have copies of the replies, or no more."""
    gone, typed = request.POST.get("remove", ""), request.POST.get("add", "")[:LONGEST_LIST]
    if gone:
        return attempt(request, number, unfollow, address=gone)
    return attempt(request, number, follow, addresses=plain_addresses(typed))


def attempt(
    request: HttpRequest, number: int, service: Callable[..., Any], **what: Any
) -> HttpResponse:
    """Do it; what cannot be done is told beside the followers."""
    me = person(request)
    ticket = ticket_of(number, me)
    try:
        service(ticket_id=ticket.pk, by=me, at=timezone.now(), **what)
    except DomainError as error:
        show = changed_parts if is_part(request) else whole_ticket
        trouble = Trouble(of_followers=str(error))
        return show(request, ticket_of(number, me), trouble=trouble, status=REFUSED)
    return done(request, number)
