"""What the desk writes to customers by itself."""

from datetime import datetime

from django.db import transaction

from apps.coordination.events import publish
from apps.tickets.events import ReplyWritten
from apps.tickets.models import Message
from apps.tickets.services.addressing import addressed
from apps.tickets.services.conversing import write
from apps.tickets.services.keeping import change_of, hold_ticket, save_ticket
from apps.tickets.states import MessageKind


@transaction.atomic
def acknowledge_ticket(*, ticket_id: int, text: str, to: str, at: datetime) -> Message:
    """Tell somebody that their message arrived: it leaves as a reply does, once for a ticket.

    It is no answer: status and clocks stay, and the ticket was last spoken on by whoever wrote.
    Raises BadAddress, OwnAddress, EmptyMessage, TicketClosed.
    """
    ticket, key = hold_ticket(ticket_id), f"acknowledgement:{ticket_id}"
    if written := Message.objects.filter(key=key).first():
        return written
    envelope = addressed(ticket, to=to, cc=(), bcc=())
    kind = MessageKind.OUTGOING
    message = write(ticket, kind, text, by=None, key=key, at=at, is_automatic=True, **envelope)
    publish(ReplyWritten(**change_of(ticket, at=at), message_id=message.pk, automatic=True))
    save_ticket(ticket, at=at)
    return message
