"""Fills the mail drill's empty database, and prints as JSON what those outside must know.

`python -m tests.drill.mail.prepare IMAP_PORT USER PASSWORD` in the environment of the stack.
"""

import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from apps.channels.models import Inbox, Mailbox  # noqa: E402
from apps.channels.states import Security  # noqa: E402
from apps.ops.sample.rules import write_rules  # noqa: E402
from apps.ops.sample.staff import hire  # noqa: E402
from apps.triage.services.training import ensure_trained  # noqa: E402
from tests.drill.mail.letters import HELP, SALES  # noqa: E402
from tests.drill.prepare import key  # noqa: E402

THANKS = "Thank you. The number of your question is {number}."


def fill(port: int, user: str, password: str) -> None:
    """Staff, a model, rules, two inboxes: one has a mailbox, one says thank you."""
    now = timezone.now()
    hire()
    ensure_trained(at=now)
    write_rules(at=now)
    inbox = Inbox.objects.create(address=HELP, name="Help", is_default=True)
    Inbox.objects.create(address=SALES, name="Sales", acknowledgement=THANKS)
    Mailbox.objects.create(
        inbox=inbox,
        host="127.0.0.1",
        port=port,
        security=Security.PLAIN,
        username=user,
        password=password,
    )


if __name__ == "__main__":
    fill(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    sys.stdout.write(json.dumps({"key": key()}))
