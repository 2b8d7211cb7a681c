"""Taking a mail in and reporting its outcome at once: what the command and the API do."""

import time
from datetime import datetime

from apps.channels.models import ReceivedMail
from apps.channels.services.receiving import store_mail
from apps.channels.states import Outcome
from apps.channels.types import MailOutcome
from apps.coordination import runtime
from apps.coordination.queries import unfinished_runs

PATIENCE_SECONDS = 10.0
"""How long we look whether a worker, who was faster, has decided; the mail is safe anyway."""


def receive_mail(*, raw: bytes, inbox_address: str = "", source: str, at: datetime) -> MailOutcome:
    """Store a mail, then decide its outcome here, or see a worker do it.

    Once the mail is stored nothing can lose it: an outcome of ``received`` means that a worker
    decides it later. Raises MailTooLarge and InboxUnknown, with nothing stored.
    """
    mail = store_mail(raw=raw, inbox_address=inbox_address, source=source, at=at)
    return take_in_now(mail_id=mail.pk)


def take_in_now(*, mail_id: int) -> MailOutcome:
    """Carry the mail's run on in this process, and return the outcome as it stands then."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        for run_id in unfinished_runs(f"mail:{mail_id}"):
            runtime.advance(run_id=run_id)
        mail = ReceivedMail.objects.get(pk=mail_id)
        if mail.outcome != Outcome.RECEIVED or time.monotonic() > end:
            return mail.result
        time.sleep(0.05)
