"""Where a reply is on its way, in a word and a sentence, and what somebody can do about it."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.urls import reverse

from apps.accounts.models import User
from apps.core.moments import whole
from apps.desk.place import Place
from apps.desk.present.looks import DELIVERY
from apps.tickets.models import Message
from apps.tickets.states import Delivery


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who looks, from where, and when."""

    me: User
    place: Place
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DeliveryView:
    """Where a reply is. It never says sent before it is.

    A fate is what went wrong: a sentence, the mail server's own words, and the ways out.
    """

    slug: str
    name: str
    icon: str
    tone: str
    full: str
    wait: str = ""
    seconds: int = 0
    undo_url: str = ""
    fate: str = ""
    said: str = ""
    arrived_url: str = ""
    again_url: str = ""
    copies_to: str = ""
    elsewhere_url: str = ""


SENTENCES = {
    Delivery.QUEUED: "Waiting to leave",
    Delivery.SENDING: "Handed to the mail server, no answer yet",
    Delivery.WITHDRAWN: "Taken back before it left; nobody got it",
}

FATES = {
    Delivery.FAILED: "It was not sent, and nobody got it.",
    Delivery.IN_DOUBT: "Nobody knows whether it arrived. It is not sent again by itself.",
    Delivery.BOUNCED: "It came back.",
}

LOST = (Delivery.FAILED, Delivery.BOUNCED)
"""Whoever was written to got nothing: the same text may go to another address."""


def delivery_view(message: Message, reader: Reader) -> DeliveryView | None:
    """Show a reply on its way; nothing for messages that do not leave."""
    if not message.delivery:
        return None
    state = Delivery(message.delivery)
    look = DELIVERY[state]
    fate = fate_of(message, state)
    sent = f"The mail server took it {whole(message.sent_at or message.created_at)}"
    full = sent if state == Delivery.SENT else SENTENCES.get(state, fate)
    left = seconds_left(message, reader.at)
    is_held = state == Delivery.QUEUED and left is not None and not message.may_be_out
    is_mine = message.author_id == reader.me.pk
    undecided = state in (Delivery.FAILED, Delivery.IN_DOUBT)
    return DeliveryView(
        slug=look.slug,
        name=look.name,
        icon=look.icon,
        tone=look.tone or ("warn" if fate else ""),
        full=full,
        wait=wait(left) if is_held else "",
        seconds=left or 0,
        undo_url=act(message, reader, "undo") if is_held and is_mine else "",
        fate=fate,
        said=said_of(message) if fate else "",
        elsewhere_url=elsewhere(message, reader) if state in LOST else "",
        arrived_url=act(message, reader, "arrived") if state == Delivery.IN_DOUBT else "",
        again_url=act(message, reader, "again") if undecided else "",
        copies_to=recipients(message),
    )


def recipients(message: Message) -> str:
    """Whom a reply goes to, on one line."""
    others = [each for each in f"{message.cc},{message.bcc}".split(",") if each.strip()]
    return f"{message.to} and {len(others)} more" if others else message.to


def fate_of(message: Message, state: Delivery) -> str:
    """What went wrong with a reply, in a sentence."""
    if state == Delivery.SENT and message.delivery_error:
        return "It was sent, but not to everybody."
    if state == Delivery.BOUNCED and message.to:
        return f"It came back: {message.to} did not get it."
    return FATES.get(state, "")


def said_of(message: Message) -> str:
    """Why it went wrong; to whom it did not go stands above that already."""
    return message.delivery_error.removeprefix(f"It did not reach {message.to}: ")


def elsewhere(message: Message, reader: Reader) -> str:
    """Where its text is written to another address."""
    url = reader.place.ticket_url(message.ticket_id)
    return f"{url}{'&' if '?' in url else '?'}again={message.pk}#composer"


def seconds_left(message: Message, at: datetime) -> int | None:
    """For how long a reply still waits; nothing for one that never waited."""
    if message.hold_until is None:
        return None
    return max(0, ceil((message.hold_until - at).total_seconds()))


def wait(left: int | None) -> str:
    """How long a reply still waits, as the desk says it."""
    return f"Leaves in {left} s" if left else "Leaves any moment"


def act(message: Message, reader: Reader, name: str) -> str:
    """Where something is done about a message, with the way back to the list."""
    address = reverse(f"desk:{name}", args=[message.ticket_id, message.pk])
    return reader.place.address(address)
