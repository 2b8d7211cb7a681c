"""Fills the database that mail is measured on: `python -m tests.bench.mail_desk`."""

import django

django.setup()

from django.utils import timezone  # noqa: E402

from apps.channels.models import Inbox  # noqa: E402
from apps.ops.sample.rules import write_rules  # noqa: E402
from apps.ops.sample.staff import hire  # noqa: E402
from apps.triage.services.training import ensure_trained  # noqa: E402
from tests.bench.mailman import INBOX  # noqa: E402

if __name__ == "__main__":
    now = timezone.now()
    hire()
    ensure_trained(at=now)
    write_rules(at=now)
    Inbox.objects.create(address=INBOX, name="Help", is_default=True)
