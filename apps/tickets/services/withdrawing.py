"""Taking a reply back before it leaves."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.coordination.models import Event
from apps.core.db import locked
from apps.core.errors import IllegalMove, NotFound, Refused
from apps.tickets.events import ReplyWithdrawn, ReplyWritten, StatusChanged
from apps.tickets.models import Message, Ticket
from apps.tickets.services.answering import answers_beside
from apps.tickets.services.changing import actor, set_status
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.keeping import change_of, hold_ticket, save_ticket, spoke
from apps.tickets.states import MOVES, Delivery, MessageKind, TicketStatus


class TooLate(IllegalMove):
    """Its sending began, so nobody can take it back."""

    message = "It is too late to take this reply back: it is {old}."


class NotYours(Refused):
    """A reply is taken back by whoever wrote it."""

    message = "Only who wrote a reply can take it back."


@transaction.atomic
def withdraw_reply(*, message_id: int, by: User, at: datetime) -> Message:
    """Take a reply back that waits to leave, and what it changed unless the ticket went on since.

    The second time changes nothing. Raises TooLate once its sending began, which one
    that is sent again has behind it, NotYours.
    """
    replies = Message.objects.filter(kind=MessageKind.OUTGOING)
    ticket_id = replies.filter(pk=message_id).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        raise NotFound(thing="reply", key=message_id)
    ticket = hold_ticket(ticket_id)
    reply = locked(Message, message_id)
    if reply.author_id != by.pk:
        raise NotYours
    if reply.delivery == Delivery.WITHDRAWN:
        return reply
    if reply.delivery != Delivery.QUEUED or reply.may_be_out:
        again = reply.delivery == Delivery.QUEUED
        state = "being sent again" if again else Delivery(reply.delivery).label.lower()
        raise TooLate(thing=str(reply), old=state, new=Delivery.WITHDRAWN.label)
    before = status_before(ticket, reply)
    reply = change_delivery(message_id=message_id, delivery=Delivery.WITHDRAWN, at=at)
    changed = forget(ticket, reply)
    event = ReplyWithdrawn(
        **change_of(ticket, at=at),
        message_id=reply.pk,
        first_answered_at=ticket.first_answered_at,
        last_message_at=ticket.last_message_at,
        last_message_kind=ticket.last_message_kind,
    )
    publish(event, actor=actor(by))
    if before != ticket.status:
        changed += set_status(ticket, before, by=by, why="The reply was taken back.", at=at)
    save_ticket(ticket, *changed, at=at)
    return reply


def status_before(ticket: Ticket, reply: Message) -> str:
    """What the ticket goes back to; its own status where something else happened since.

    No ticket becomes new again: somebody looked at it.
    """
    told = Event.objects.filter(stream=ticket.stream, payload__version=ticket.version)
    if not told.filter(type=ReplyWritten.name, payload__message_id=reply.pk).exists():
        return ticket.status
    change = told.filter(type=StatusChanged.name).values_list("payload__old", flat=True).first()
    ways: tuple[str, ...] = (change, TicketStatus.OPEN) if change else ()
    return next((way for way in ways if way in MOVES[ticket.status]), ticket.status)


def forget(ticket: Ticket, reply: Message) -> tuple[str, ...]:
    """See the ticket as if the reply were not on it; returns the fields that may have changed."""
    by_hand = ticket.messages.filter(is_automatic=False).exclude(kind=MessageKind.NOTE)
    stays = by_hand.exclude(delivery=Delivery.WITHDRAWN)
    if ticket.first_answered_at == reply.created_at:
        answers = answers_beside(ticket, reply).values_list("created_at", flat=True)
        ticket.first_answered_at = answers.first()
    last = stays.last()
    return ("first_answered_at", *(spoke(ticket, last) if last else ()))
