"""Carrying mails on here and now, for whoever waits to hear what became of them."""

import time
from collections.abc import Sequence

from apps.channels.models import ReceivedMail
from apps.channels.states import Outcome
from apps.channels.types import MailOutcome
from apps.coordination import runtime
from apps.coordination.queries import unfinished_runs

PATIENCE_SECONDS = 10.0
"""How long we look whether a worker, who was faster, has decided; the mail is safe anyway."""


def take_in_now(*, mail_id: int) -> MailOutcome:
    """Carry the mail's run on in this process, and return the outcome as it stands then."""
    return settled(mail_id, end=time.monotonic() + PATIENCE_SECONDS)


def take_in_soon(*, mail_ids: Sequence[int]) -> None:
    """The same for many, as far as patience for all of them together goes; workers do the rest."""
    end = time.monotonic() + PATIENCE_SECONDS
    for mail_id in mail_ids:
        if time.monotonic() > end:
            return
        settled(mail_id, end=end)


def settled(mail_id: int, *, end: float) -> MailOutcome:
    """Carry it on until it is decided or time is up."""
    while True:
        for run_id in unfinished_runs(f"mail:{mail_id}"):
            runtime.advance(run_id=run_id)
        mail = ReceivedMail.objects.get(pk=mail_id)
        if mail.outcome != Outcome.RECEIVED or time.monotonic() > end:
            return mail.result
        time.sleep(0.05)
