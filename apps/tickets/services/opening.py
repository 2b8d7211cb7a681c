"""Opening tickets."""

from datetime import datetime

from django.db import transaction

from apps.coordination.events import publish
from apps.core.text import clean_text, one_line
from apps.customers.models import Customer
from apps.tickets.events import MessageReceived, TicketOpened
from apps.tickets.models import Message, Ticket
from apps.tickets.services.keeping import keep_attachments, with_content_stored
from apps.tickets.states import MessageKind, Priority
from apps.tickets.types import NewMessage


@transaction.atomic
def open_ticket(
    *,
    customer_id: int,
    subject: str,
    message: NewMessage,
    channel: str = "mail",
    inbox_address: str = "",
    team_id: int | None = None,
    priority: int = Priority.NORMAL,
    follows_id: int | None = None,
    is_spam: bool = False,
    actor: str = "customer",
    why: str = "",
    at: datetime,
) -> tuple[Ticket, Message]:
    """Open a ticket with a customer's first message; the intake flow goes on, but for spam."""
    message = with_content_stored(message)
    ticket = Ticket.objects.create(
        subject=one_line(subject, 200) or "(no subject)",
        customer_id=customer_id,
        channel=channel,
        inbox_address=inbox_address,
        team_id=team_id,
        priority=priority,
        follows_id=follows_id,
        is_spam=is_spam,
        created_at=at,
        updated_at=at,
        last_message_at=at,
        last_message_kind=MessageKind.INCOMING,
        preview=one_line(message.visible or message.text, 160),
    )
    publish(opened(ticket), actor=actor)
    written = write_incoming(ticket, customer_id=customer_id, message=message, at=at)
    publish(received(ticket, written, first=True), actor=actor, why=why)
    return ticket, written


def opened(ticket: Ticket) -> TicketOpened:
    """What the event says of a new ticket."""
    return TicketOpened(
        ticket_id=ticket.pk,
        version=ticket.version,
        at=ticket.created_at,
        customer_id=ticket.customer_id,
        channel=ticket.channel,
        priority=ticket.priority,
        follows_id=ticket.follows_id,
        team_id=ticket.team_id,
        inbox_address=ticket.inbox_address,
        spam=ticket.is_spam,
    )


def received(ticket: Ticket, written: Message, *, first: bool) -> MessageReceived:
    """What the event says of a customer's message; a later one makes the ticket another one."""
    return MessageReceived(
        ticket_id=ticket.pk,
        version=ticket.version + (not first),
        at=written.created_at,
        message_id=written.pk,
        first=first,
        spam=ticket.is_spam,
    )


def write_incoming(
    ticket: Ticket, *, customer_id: int, message: NewMessage, at: datetime
) -> Message:
    """Write a customer's message and its files. Publishing is the caller's job."""
    written = Message.objects.create(
        ticket=ticket,
        kind=MessageKind.INCOMING,
        customer=Customer(pk=customer_id),
        subject=one_line(message.subject, 200),
        text=clean_text(message.text),
        visible=clean_text(message.visible or message.text),
        html=clean_text(message.html),
        message_id_header=one_line(message.message_id_header, 255),
        in_reply_to=one_line(message.in_reply_to, 255),
        to=one_line(message.to, 254),
        cc=clean_text(message.cc),
        created_at=at,
    )
    keep_attachments(written, message.attachments)
    return written
