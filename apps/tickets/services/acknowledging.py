"""What the desk writes to customers by itself."""

from datetime import datetime

from django.db import transaction

from apps.coordination.events import publish
from apps.core.text import one_line
from apps.tickets.events import ReplyWritten
from apps.tickets.models import Message
from apps.tickets.services.addressing import addressed
from apps.tickets.services.conversing import write
from apps.tickets.services.keeping import change_of, hold_ticket, save_ticket
from apps.tickets.states import MessageKind


@transaction.atomic
def acknowledge_ticket(
    *, ticket_id: int, text: str, subject: str = "", to: str, at: datetime
) -> Message:
    """Tell somebody that their message arrived: it leaves as a reply does, once for a ticket.

    Its ``subject`` stands for the ticket's, where a stranger may have typed that for them.
    It is no answer: status and clocks stay, and the ticket was last spoken on by whoever wrote.
    Raises BadAddress, OwnAddress, EmptyMessage, TicketClosed.
    """
    ticket, key = hold_ticket(ticket_id), f"acknowledgement:{ticket_id}"
    if written := Message.objects.filter(key=key).first():
        return written
    message = write(
        ticket,
        MessageKind.OUTGOING,
        text,
        by=None,
        key=key,
        at=at,
        subject=one_line(subject, 200),
        is_automatic=True,
        **addressed(ticket, to=to, cc=(), bcc=()),
    )
    publish(ReplyWritten(**change_of(ticket, at=at), message_id=message.pk, automatic=True))
    save_ticket(ticket, at=at)
    return message
