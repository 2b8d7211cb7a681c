"""Mails that wait for a person: `held(3, reason="Brake: 20 mails")`; say only what matters."""

from django.db import transaction
from django.utils import timezone

from apps.channels.models import ReceivedMail
from tests.make.mails import mail, stored


@transaction.atomic
def held(number: int = 1, *, reason: str = "Brake: 20 mails of this sender.", **fields):
    """So many mails in quarantine, for one reason; no worker sees them before."""
    made = []
    raw, at = fields.pop("raw", None), fields.pop("at", None) or timezone.now()
    address = fields.pop("inbox_address", "")
    for _ in range(number):
        row = stored(mail() if raw is None else raw, inbox_address=address, at=at)
        known = {"outcome": "quarantined", "reason": reason, "decided_at": at, "attempts": 1}
        known |= {"sender": "ada@example.org", "subject": "Where is my parcel?"}
        ReceivedMail.objects.filter(pk=row.pk).update(**known | fields)
        row.refresh_from_db()
        made.append(row)
    return made
