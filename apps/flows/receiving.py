"""Taking a mail in and reporting its outcome at once: what the command and the API do."""

from datetime import datetime

from apps.channels.services.receiving import store_mail
from apps.channels.services.settling import take_in_now
from apps.channels.types import MailOutcome


def receive_mail(*, raw: bytes, inbox_address: str = "", source: str, at: datetime) -> MailOutcome:
    """Store a mail, then decide its outcome here, or see a worker do it.

    Once the mail is stored nothing can lose it: an outcome of ``received`` means that a worker
    decides it later. Raises MailTooLarge and InboxUnknown, with nothing stored.
    """
    mail = store_mail(raw=raw, inbox_address=inbox_address, source=source, at=at)
    return take_in_now(mail_id=mail.pk)
