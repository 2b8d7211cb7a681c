"""What machines tell of the messages we sent: that they arrived or not, that somebody is away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.coordination.events import publish
from apps.coordination.models import Event
from apps.core.db import locked
from apps.core.errors import NotFound
from apps.core.text import one_line
from apps.tickets.events import (
    AutoReplyReceived,
    ComplaintReceived,
    DeliveryReported,
    TicketEvent,
)
from apps.tickets.models import Message, Ticket
from apps.tickets.rules import FAILED, News, complainer, news_of
from apps.tickets.services.answering import unanswered
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.keeping import hold_ticket
from apps.tickets.states import Delivery
from apps.tickets.types import Reported

MOST_LINES = 10
"""So often the timeline tells one thing of one message; whoever has it can report on it again."""

LEFT = (Delivery.SENDING, Delivery.SENT, Delivery.IN_DOUBT)


@transaction.atomic
def take_report(*, message_id: int, said: Sequence[Reported], at: datetime) -> Message:
    """Note what mail servers say became of a message.

    One that did not reach the customer has bounced, and its ticket, if it waits for the customer
    or is solved, is opened again. The same report once more changes nothing.
    """
    ticket, message = held(message_id)
    if not said:
        return message
    news = news_of(said, to=message.to, copied=copies_of(message))
    told = DeliveryReported(
        ticket_id=ticket.pk,
        message_id=message.pk,
        action=news.action,
        of_customer=news.of_customer,
    )
    is_new = tell(told, actor="mail_server", why=news.words, action=news.action)
    if news.action != FAILED or message.delivery not in LEFT or not (is_new or news.is_sure):
        return message
    if news.of_customer:
        unanswered(ticket, message, why="The reply came back.", at=at)
    return show_failure(message, news, at=at)


@transaction.atomic
def take_complaint(*, message_id: int, address: str = "") -> Message:
    """Note that somebody who got a message calls it spam, which changes nothing about its ticket.

    It is told once of each of them, by whatever ways and however often it comes; a complaint of
    nobody knows whom is taken for one that is known.
    """
    ticket, message = held(message_id)
    who = complainer(address, to=message.to, copied=copies_of(message))
    told = ComplaintReceived(
        ticket_id=ticket.pk,
        message_id=message.pk,
        of_customer=who in ("", message.to.lower()),
    )
    if who or not lines_like(told, message_id=message.pk):
        tell(told, actor="provider", why=who)
    return message


@transaction.atomic
def take_auto_reply(*, message_id: int, mail_id: int, sender: str) -> Message:
    """Note that a machine answered a message, which changes nothing about its ticket."""
    ticket, message = held(message_id)
    told = AutoReplyReceived(ticket_id=ticket.pk, message_id=message.pk, mail_id=mail_id)
    tell(told, actor="machine", why=one_line(sender, 254))
    return message


def held(message_id: int) -> tuple[Ticket, Message]:
    """A message and its ticket, both locked in the order in which everybody does."""
    ticket_id = Message.objects.filter(pk=message_id).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        raise NotFound(thing="message", key=message_id)
    return hold_ticket(ticket_id), locked(Message, message_id)


def copies_of(message: Message) -> list[str]:
    """Who got it besides the one it is addressed to."""
    named = f"{message.cc},{message.bcc}".split(",")
    return [address.strip() for address in named if address.strip()]


def tell(event: TicketEvent, *, actor: str, why: str, **like: Any) -> bool:
    """Publish it, unless that was said in these words, or a line of its kind too often."""
    told = lines_like(event, **like, message_id=getattr(event, "message_id", None))
    if why in told or len(told) >= MOST_LINES:
        return False
    publish(event, actor=actor, why=why)
    return True


def lines_like(event: TicketEvent, **like: Any) -> list[str]:
    """What the log says of the same in events of this kind, as often as it may."""
    log = Event.objects.filter(stream=event.stream, type=event.name, payload__contains=like)
    return list(log.values_list("why", flat=True)[:MOST_LINES])


def show_failure(message: Message, news: News, *, at: datetime) -> Message:
    """Show on a message that it bounced, or whom else it did not reach, above what was known."""
    what = "It did not reach" if news.of_customer else "A copy did not reach"
    known = f". {message.delivery_error}" if message.delivery_error else ""
    error = f"{what} {news.words}{known}"
    if news.is_sure:
        return change_delivery(
            message_id=message.pk, delivery=Delivery.BOUNCED, error=error, at=at
        )
    message.delivery_error = error[:500]
    message.save(update_fields=["delivery_error"])
    return message
