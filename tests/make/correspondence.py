"""A conversation whose replies went every way there is, for pictures."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.coordination.models import Run
from apps.tickets.models import Ticket
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery

STATES = (
    ("sent", "", "The replacement poles left our depot this morning."),
    ("bounced", "550 5.2.2 The mailbox is full", "Your poles arrive tomorrow before noon."),
    ("failed", "554 5.7.1 Refused: message too large", "Here are the photos of the repair."),
    ("in_doubt", "The server fell silent after the content.", "We have refunded the postage."),
)


def lay_out(subject: str = "Tent pole snapped", author: str = "elif") -> int:
    """Write replies on a ticket, each with another fate; returns the ticket's number."""
    ticket = Ticket.objects.filter(subject__startswith=subject).latest("pk")
    by, now = User.objects.get(username=author), timezone.now()
    for place, (delivery, error, text) in enumerate(STATES):
        at = now - timedelta(minutes=4 * (len(STATES) - place))
        write = {"by": by, "key": f"fate:{ticket.pk}:{delivery}", "at": at}
        reply = write_reply(ticket_id=ticket.pk, text=text, **write)
        Run.objects.filter(input__message_id=reply.pk).delete()  # no worker is to send it
        change_delivery(message_id=reply.pk, delivery="sending", at=at)
        change_delivery(message_id=reply.pk, delivery=delivery, error=error, at=at)
    return ticket.pk
