"""Whom a reply goes to: addresses as people type them, checked before anything is written."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.core.errors import Refused
from apps.core.text import one_line, untagged
from apps.tickets.models import Ticket
from apps.tickets.ports import own_addresses

MOST_COPIES = 20
"""So many people get copies of one reply at most, seen and unseen ones together."""

LONGEST_ADDRESS = 254
REPLY_ADDRESS = re.compile(r"reply\+[0-9]{1,18}\.[a-z0-9]{16}@.+", re.IGNORECASE)


class NoAddress(Refused):
    """The customer has no mail address, so a reply cannot reach them."""

    message = "{customer} has no mail address to reply to."


class BadAddress(Refused):
    """Mail cannot go there."""

    message = "“{address}” is no mail address. Write it as name@example.com."


class OwnAddress(Refused):
    """A mail to ourselves would come back as a new message of the ticket."""

    message = (
        "{address} is an address of this desk, and mail to it would only come back: take it out, "
        "and to bring the ticket before others here change its team."
    )


class TooManyCopies(Refused):
    """A reply is no mailing list."""

    message = "A reply goes to {most} people besides the customer at most; {count} are named."


def addressed(
    ticket: Ticket, *, to: str, cc: Iterable[str] | None, bcc: Iterable[str]
) -> dict[str, str]:
    """The address fields of a reply; each address stands in one of them, once.

    Without ``to`` it goes to the customer, without ``cc`` to the ticket's followers as well, but
    for one that is an inbox of ours by now. Raises NoAddress, BadAddress, OwnAddress,
    TooManyCopies.
    """
    main = to.strip() or ticket.customer.email
    if not main:
        raise NoAddress(customer=str(ticket.customer))
    copied = followers_of(ticket) if cc is None else cc
    seen = {checked(ticket, main).lower()}
    shown = fresh(ticket, copied, seen)
    hidden = fresh(ticket, bcc, seen)
    refuse_own([main, *shown, *hidden])
    if (count := len(shown) + len(hidden)) > MOST_COPIES:
        raise TooManyCopies(most=MOST_COPIES, count=count)
    return {"to": main, "cc": ", ".join(shown), "bcc": ", ".join(hidden)}


def followers_of(ticket: Ticket) -> list[str]:
    """Who follows a ticket from outside."""
    known = list(ticket.followers.values_list("address", flat=True))
    ours = own_addresses(known)
    return [address for address in known if address not in ours]


def refuse_own(addresses: Iterable[str]) -> None:
    """Raise OwnAddress for the first of these that is an inbox of ours, whichever it is."""
    named = list(addresses)
    ours = own_addresses(named)
    if first := next((address for address in named if address in ours), None):
        raise OwnAddress(address=first)


def fresh(ticket: Ticket, addresses: Iterable[str], seen: set[str]) -> list[str]:
    """The addresses among these that nobody named before."""
    found = []
    for address in addresses:
        plain = address.strip()
        if plain and checked(ticket, plain).lower() not in seen:
            seen.add(plain.lower())
            found.append(plain)
    return found


def deliverable(ticket: Ticket, address: str) -> bool:
    """Whether mail to other people can go there."""
    try:
        checked(ticket, address)
    except (BadAddress, OwnAddress):
        return False
    return True


def checked(ticket: Ticket, address: str) -> str:
    """The address, if mail to other people can go there."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadAddress(address=one_line(address, 80)) from error
    if len(address) > LONGEST_ADDRESS:
        raise BadAddress(address=one_line(address, 80))
    ours = ticket.inbox_address.lower() in {address.lower(), untagged(address.lower())}
    if ours or REPLY_ADDRESS.fullmatch(address):
        raise OwnAddress(address=address)
    return address
