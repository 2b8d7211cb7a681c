"""What a reply begins with: whom it may go to, what it may quote, what stands below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from apps.accounts.models import User
from apps.channels.queries import inbox_for, not_ours
from apps.desk.forms import LOST, files_taken_back, plain_addresses
from apps.tickets.models import Attachment, Follower, Message, Ticket
from apps.tickets.states import Delivery, MessageKind


@dataclass(frozen=True, kw_only=True)
class Stationery:
    """The beginnings of a reply; ``everybody`` is who else got the customer's last mail."""

    followers: list[Follower]
    everybody: list[str]
    latest: Message | None
    signatures: list[str]
    sent_from: str


def stationery_of(
    ticket: Ticket, me: User, followers: list[Follower], messages: Sequence[Message]
) -> Stationery:
    """Read what the composer of a ticket needs; its latest messages are already there."""
    inbox = inbox_for([ticket.inbox_address])
    own, common = me.signature.strip(), inbox.signature.strip() if inbox else ""
    return Stationery(
        followers=followers,
        everybody=everybody(ticket, followers, messages),
        latest=quotable(messages),
        signatures=[text for text in (own, common) if text],
        sent_from=(inbox.reply_from or inbox.address) if inbox else "",
    )


def quotable(messages: Sequence[Message]) -> Message | None:
    """What an answer is to: the customer's latest message, else our own."""
    said = [each for each in messages if each.kind != MessageKind.NOTE]
    ours = [each for each in said if each.delivery != Delivery.WITHDRAWN]
    asked = [each for each in said if each.kind == MessageKind.INCOMING]
    return next(iter([*asked[-1:], *ours[-1:]]), None)


def everybody_of(ticket: Ticket) -> list[str]:
    """Whom “reply to all” copies."""
    asked = ticket.messages.filter(kind=MessageKind.INCOMING).select_related("customer")
    last = asked.defer("html", "text", "visible").last()
    return everybody(ticket, list(ticket.followers.all()), [last] if last else [])


def everybody(ticket: Ticket, followers: list[Follower], messages: Sequence[Message]) -> list[str]:
    """Who got the last mail that came in, besides the customer and ourselves."""
    asked = (each for each in reversed(messages) if each.kind == MessageKind.INCOMING)
    mail = next(asked, None)
    named = [follower.address for follower in followers]
    if mail:
        sender = [mail.customer.email] if mail.customer else []
        named += [*sender, *plain_addresses(f"{mail.to},{mail.cc}")]
    seen = {ticket.customer.email.lower(), ""}
    fresh = []
    for address in named:
        if address.lower() not in seen:
            seen.add(address.lower())
            fresh.append(address)
    return not_ours(fresh)


def taken_back(ticket: Ticket, number: str, me: User) -> tuple[Message, list[Attachment]] | None:
    """A reply that this person took back, or that reached nobody, to go on writing it.

    With its files.
    """
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    mine = Q(author=me, delivery=Delivery.WITHDRAWN)
    by_hand = ticket.messages.filter(mine | Q(delivery__in=LOST), is_automatic=False)
    reply = by_hand.filter(pk=int(number)).first()
    return (reply, list(files_taken_back(ticket, me).filter(message=reply))) if reply else None
