"""Acknowledging a message that was held back."""

from apps.channels.models import ReceivedMail
from apps.channels.services.acknowledging import acknowledge_mail


def acknowledge(*, message_id: int) -> int | None:
    """Acknowledge the mail that a message came with, if it came with one."""
    mail = ReceivedMail.objects.filter(message_id=message_id).values_list("pk", flat=True).first()
    return acknowledge_mail(mail_id=mail) if mail else None
