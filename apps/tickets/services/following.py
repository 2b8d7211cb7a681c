"""Who else gets a copy of the replies on a ticket."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.core.errors import Refused
from apps.core.text import one_line
from apps.tickets.events import FollowersChanged
from apps.tickets.models import Follower, Ticket
from apps.tickets.services.addressing import MOST_COPIES, checked, refuse_own
from apps.tickets.services.changing import actor as actor_of
from apps.tickets.services.keeping import change_of, hold_ticket, save_ticket

MOST_FOLLOWERS = MOST_COPIES
"""So many people follow a ticket at most: each of them gets a copy of each reply."""


class TooManyFollowers(Refused):
    """A ticket is no mailing list."""

    message = "{most} people follow a ticket at most; it would be {count}."


@transaction.atomic
def follow(
    *,
    ticket_id: int,
    addresses: Iterable[str],
    names: Mapping[str, str] | None = None,
    by: User | None = None,
    actor: str = "",
    why: str = "",
    at: datetime,
) -> Ticket:
    """Send copies of the replies to these people as well; ``names`` says what some are called.

    The customer and who follows already change nothing. Raises BadAddress, OwnAddress,
    TooManyFollowers; then nobody was added.
    """
    ticket = hold_ticket(ticket_id)
    known = following(ticket) | {ticket.customer.email.lower()}
    wanted = dict.fromkeys(each.strip().lower() for each in addresses)
    new = [checked(ticket, each) for each in wanted if each not in known]
    refuse_own(new)
    if (count := ticket.followers.count() + len(new)) > MOST_FOLLOWERS:
        raise TooManyFollowers(most=MOST_FOLLOWERS, count=count)
    if new:
        called = names or {}
        Follower.objects.bulk_create(
            Follower(ticket=ticket, address=each, name=one_line(called.get(each, ""), 120))
            for each in new
        )
        tell(ticket, added=len(new), actor=actor or actor_of(by), why=why, at=at)
    return ticket


@transaction.atomic
def unfollow(
    *, ticket_id: int, address: str, by: User | None, why: str = "", at: datetime
) -> Ticket:
    """Send somebody no more copies; who does not follow changes nothing."""
    ticket = hold_ticket(ticket_id)
    gone, _ = ticket.followers.filter(address=address.strip().lower()).delete()
    if gone:
        tell(ticket, removed=gone, actor=actor_of(by), why=why, at=at)
    return ticket


@transaction.atomic
def set_followers(
    *, ticket_id: int, addresses: Iterable[str], by: User, why: str = "", at: datetime
) -> Ticket:
    """Make these the ticket's followers. Raises what ``follow`` raises; then nothing changed."""
    ticket = hold_ticket(ticket_id)
    wanted = [address.strip() for address in addresses]
    for address in sorted(following(ticket) - {each.lower() for each in wanted}):
        unfollow(ticket_id=ticket_id, address=address, by=by, why=why, at=at)
    return follow(ticket_id=ticket_id, addresses=wanted, by=by, why=why, at=at)


def following(ticket: Ticket) -> set[str]:
    """The addresses of a ticket's followers."""
    return set(ticket.followers.values_list("address", flat=True))


def tell(
    ticket: Ticket, *, added: int = 0, removed: int = 0, actor: str, why: str, at: datetime
) -> None:
    """Publish how many came and went, as a new version of a locked ticket."""
    event = FollowersChanged(**change_of(ticket, at=at), added=added, removed=removed)
    publish(event, actor=actor, why=why)
    save_ticket(ticket, at=at)
