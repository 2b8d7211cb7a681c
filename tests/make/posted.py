"""Mails that go the whole way through the engine, and the letters that leave because of them."""

import email
from email import policy

from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.receiving import store_mail
from tests.make.engine import drain
from tests.make.mails import mail


def came(raw: bytes, **fields) -> ReceivedMail:
    """A mail that went the whole way, with what left because of it."""
    kept = store_mail(raw=raw, **{"source": "lmtp", "at": timezone.now()} | fields)
    drain()
    return ReceivedMail.objects.get(pk=kept.pk)


def fresh(text: str = "Where is my parcel?", **headers: str) -> bytes:
    """A mail that was just written: one without a date is taken for that."""
    return mail(text, **{"date": ""} | headers)


def letters(folder) -> list:
    """What left, read."""
    files = sorted(folder.glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
