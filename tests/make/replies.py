"""Builders of what leaves: replies to mails that arrived."""

from django.utils import timezone

from apps.coordination.types import Intent
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from tests.make.mails import arrived
from tests.make.tickets import person

INTENT = Intent(key="7:send", attempt=1, timeout=6.0)
keys = iter(range(1_000_000))


def reply(raw: bytes | None = None, text: str = "It is on its way.", **fields) -> Message:
    """Write a reply to a mail that arrived."""
    outcome = arrived(raw)
    values = {"by": person(), "key": f"reply-{next(keys)}", "at": timezone.now()} | fields
    return write_reply(ticket_id=outcome.ticket_id, text=text, **values)
