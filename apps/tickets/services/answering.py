"""Whether the customer has an answer: a reply that reached nobody is none."""

from datetime import datetime

from django.db.models import QuerySet

from apps.coordination.events import publish
from apps.tickets.events import FirstAnswerChanged
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import set_status
from apps.tickets.services.keeping import change_of, save_ticket
from apps.tickets.states import Delivery, MessageKind, TicketStatus

WAITING = (TicketStatus.PENDING, TicketStatus.SOLVED)
LOST = (Delivery.FAILED, Delivery.BOUNCED, Delivery.WITHDRAWN)


def answers_beside(ticket: Ticket, reply: Message) -> QuerySet[Message]:
    """The other replies that a person wrote and that nobody knows to be lost, oldest first."""
    by_hand = ticket.messages.filter(kind=MessageKind.OUTGOING, is_automatic=False)
    return by_hand.exclude(delivery__in=LOST).exclude(pk=reply.pk)


def unanswered(ticket: Ticket, reply: Message, *, why: str, at: datetime) -> None:
    """See a held ticket as its customer does, who did not get a reply.

    One that waits for the customer, or is solved, is opened again; the promised first response
    runs on unless somebody else answered.
    """
    if reply.is_automatic:
        return
    changed: tuple[str, ...] = ()
    first = ticket.first_answered_at
    if first and first in (reply.created_at, reply.sent_at):
        others = answers_beside(ticket, reply).values_list("created_at", flat=True)
        changed += tell_first_answer(ticket, reply, others.first(), at=at)
    if ticket.status in WAITING:
        changed += set_status(ticket, TicketStatus.OPEN, by=None, why=why, at=at)
    if changed:
        save_ticket(ticket, *changed, at=at)


def answered_after_all(ticket: Ticket, reply: Message, *, at: datetime) -> None:
    """Count a reply as the first answer that was lost before and has left now."""
    if ticket.first_answered_at is None and not reply.is_automatic:
        save_ticket(ticket, *tell_first_answer(ticket, reply, at, at=at), at=at)


def tell_first_answer(
    ticket: Ticket, reply: Message, first: datetime | None, *, at: datetime
) -> tuple[str, ...]:
    """Set when a held ticket was first answered, and publish it; returns the field to save."""
    ticket.first_answered_at = first
    change = change_of(ticket, at=at)
    publish(FirstAnswerChanged(**change, message_id=reply.pk, first_answered_at=first))
    return ("first_answered_at",)
