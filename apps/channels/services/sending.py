"""Sending: at most once, for a mail server that took a mail keeps no promise about a second."""

from collections.abc import Callable
from datetime import timedelta

from django.core.mail import EmailMessage

from apps.channels.adapters.smtp import hand_over
from apps.channels.services.composing import compose_notice, compose_reply
from apps.channels.types import SendOutcome
from apps.coordination.flows import Intent, Receiver, Unasked, outside
from apps.coordination.rules import Patience
from apps.core.errors import NotFound, Refused
from apps.tickets.models import Message
from apps.tickets.states import Delivery

SECONDS = 60.0
PATIENCE = Patience(attempts=60, base=timedelta(seconds=1), cap=timedelta(hours=1))
"""About a day, which is how long mail servers try among themselves, too."""
COPIES_AWAITED = 11
"""So many attempts, about half an hour, wait for people in Cc or Bcc who are refused for now."""


class Unwritable(Refused):
    """Something about the mail cannot be written; nothing was sent."""

    message = "The mail cannot be written: {cause}"


@outside(
    destination="smtp",
    receiver=Receiver.UNSAFE,
    timeout=SECONDS,
    patience=PATIENCE,
    settled=SendOutcome(sent=True),
)
def send_reply(intent: Intent, *, message_id: int) -> SendOutcome:
    """Send a reply; a no is an answer too. Raises MailServerAway, OutcomeUnknown."""
    found = Message.objects.select_related("ticket", "author").filter(pk=message_id).first()
    if found is None:
        raise NotFound(thing="message", key=message_id)
    if found.delivery == Delivery.SENT:
        raise Unasked(SendOutcome(sent=True))
    awaits = intent.attempt <= COPIES_AWAITED
    mail = written(lambda: compose_reply(found))
    return hand_over(mail, timeout=intent.timeout, awaits_copies=awaits)


@outside(
    destination="smtp",
    receiver=Receiver.UNSAFE,
    timeout=SECONDS,
    patience=PATIENCE,
    settled=SendOutcome(sent=True),
)
def send_notice(intent: Intent, *, to: str, subject: str, text: str) -> SendOutcome:
    """Send somebody who works here a mail from the desk itself."""
    notice = written(lambda: compose_notice(key=intent.key, to=to, subject=subject, text=text))
    return hand_over(notice, timeout=intent.timeout)


def written(compose: Callable[[], EmailMessage]) -> EmailMessage:
    """Compose a mail down to its bytes, so that nothing can fail once the sending has begun."""
    try:
        mail = compose()
        mail.message().as_bytes()
    except (ValueError, OSError) as error:
        raise Unwritable(cause=error) from error
    return mail
