"""What is written on a ticket: by the customer, to the customer, among agents."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.core.errors import NotFound, Refused
from apps.core.text import clean_text
from apps.tickets.events import NoteWritten, ReplyWritten
from apps.tickets.models import Message, Ticket
from apps.tickets.services.addressing import NoAddress, addressed
from apps.tickets.services.changing import actor, set_status
from apps.tickets.services.keeping import (
    change_of,
    hold_ticket,
    keep_attachments,
    save_ticket,
    spoke,
    stored,
    with_content_stored,
)
from apps.tickets.services.opening import open_ticket, received, write_incoming
from apps.tickets.states import Delivery, MessageKind, TicketStatus
from apps.tickets.types import NewAttachment, NewMessage

__all__ = ["NoAddress", "receive_message", "write_note", "write_reply"]


MOST_HOLD = 60
"""So many seconds a reply waits at most for its author to take it back."""


class EmptyMessage(Refused):
    """There is nothing to send or to note."""

    message = "Write something first: the {kind} is empty."


class TicketClosed(Refused):
    """Nothing is added to a closed ticket."""

    message = "{ticket} is closed. A new message from the customer opens a new one."


@transaction.atomic
def receive_message(
    *,
    ticket_id: int,
    customer_id: int,
    message: NewMessage,
    actor: str = "customer",
    why: str = "",
    at: datetime,
) -> Message:
    """Add what a customer wrote; a waiting or solved ticket opens again.

    On a closed ticket it opens a new one that follows it: look at ``Message.ticket``. Only the
    ticket's customer finds its subject there; anybody else their own.
    """
    message = with_content_stored(message)
    ticket = hold_ticket(ticket_id)
    if ticket.status == TicketStatus.CLOSED:
        _, first = open_ticket(
            customer_id=customer_id,
            subject=ticket.subject if customer_id == ticket.customer_id else message.subject,
            message=message,
            channel=ticket.channel,
            inbox_address=ticket.inbox_address,
            team_id=ticket.team_id,
            follows_id=ticket.pk,
            is_spam=ticket.is_spam,
            actor=actor,
            why=why,
            at=at,
        )
        return first
    written = write_incoming(ticket, customer_id=customer_id, message=message, at=at)
    publish(received(ticket, written, first=False), actor=actor, why=why)
    reopened = reopen(ticket, at=at)
    save_ticket(ticket, *spoke(ticket, written), *reopened, at=at)
    return written


def reopen(ticket: Ticket, *, at: datetime) -> tuple[str, ...]:
    """Put a ticket that waited for the customer back among the open ones."""
    if ticket.status in (TicketStatus.NEW, TicketStatus.OPEN):
        return ()
    return set_status(ticket, TicketStatus.OPEN, by=None, why="The customer wrote again.", at=at)


@transaction.atomic
def write_reply(
    *,
    ticket_id: int,
    text: str,
    by: User,
    key: str,
    status: str = TicketStatus.PENDING,
    attachments: tuple[NewAttachment, ...] = (),
    to: str = "",
    cc: Iterable[str] | None = None,
    bcc: Iterable[str] = (),
    quotes: int | None = None,
    hold_seconds: int = 0,
    version: int | None = None,
    at: datetime,
) -> Message:
    """Write a reply, queued for delivery, and set the status that goes with it.

    It goes to customer and followers unless ``to`` and ``cc`` name others; for ``hold_seconds``,
    at most MOST_HOLD, it can be taken back. The second call with a key changes nothing.
    """
    files = stored(attachments)
    ticket = hold_ticket(ticket_id)
    if written := Message.objects.filter(key=key).first():
        return written
    hold_ticket(ticket_id, version=version)
    held = max(0, min(hold_seconds, MOST_HOLD))
    reply = write(
        ticket,
        MessageKind.OUTGOING,
        text,
        by=by,
        key=key,
        at=at,
        quotes=quoted(ticket, quotes),
        hold_until=at + timedelta(seconds=held) if held else None,
        **addressed(ticket, to=to, cc=cc, bcc=bcc),
    )
    keep_attachments(reply, files)
    return answer(ticket, reply, status=status, held=held, at=at)


def answer(ticket: Ticket, reply: Message, *, status: str, held: int, at: datetime) -> Message:
    """Do what a reply changes on its ticket: who spoke last, the first answer, the status."""
    event = ReplyWritten(**change_of(ticket, at=at), message_id=reply.pk, hold_seconds=held)
    publish(event, actor=actor(reply.author))
    changed = spoke(ticket, reply)
    if ticket.first_answered_at is None:
        ticket.first_answered_at = at
    if ticket.status != status:
        changed += set_status(ticket, status, by=reply.author, at=at)
    save_ticket(ticket, *changed, "first_answered_at", at=at)
    return reply


def quoted(ticket: Ticket, number: int | None) -> Message | None:
    """The message of the ticket that is quoted; notes are for agents only. Raises NotFound."""
    if number is None:
        return None
    said = ticket.messages.exclude(kind=MessageKind.NOTE).exclude(delivery=Delivery.WITHDRAWN)
    if found := said.filter(pk=number).first():
        return found
    raise NotFound(thing="message to quote", key=number)


@transaction.atomic
def write_note(*, ticket_id: int, text: str, by: User, key: str, at: datetime) -> Message:
    """Write a note that only agents see. The second call with a key returns the first note."""
    ticket = hold_ticket(ticket_id)
    if written := Message.objects.filter(key=key).first():
        return written
    note = write(ticket, MessageKind.NOTE, text, by=by, key=key, at=at)
    event = NoteWritten(**change_of(ticket, at=at), message_id=note.pk)
    publish(event, actor=actor(by))
    save_ticket(ticket, at=at)
    return note


def write(
    ticket: Ticket, kind: str, text: str, *, by: User | None, key: str, at: datetime, **more: Any
) -> Message:
    """Write an agent's message, or nobody's. Raises EmptyMessage, TicketClosed."""
    body = clean_text(text).strip()
    if not body:
        raise EmptyMessage(kind="reply" if kind == MessageKind.OUTGOING else "note")
    if ticket.status == TicketStatus.CLOSED:
        raise TicketClosed(ticket=str(ticket))
    delivery = Delivery.QUEUED if kind == MessageKind.OUTGOING else Delivery.NONE
    return Message.objects.create(
        ticket=ticket,
        kind=kind,
        author=by,
        key=key,
        text=body,
        visible=body,
        delivery=delivery,
        created_at=at,
        **more,
    )
