"""Presses the two buttons of a reply in doubt, as the person who answers does.

`python -m tests.drill.mail.buttons < decisions` in the environment of the stack: one JSON line
for each decision, and one line back that says how it went.
"""

import json
import sys

import django

django.setup()

from django.db import DatabaseError  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.core.errors import DomainError  # noqa: E402
from apps.flows.deciding_delivery import confirm_arrival, send_again  # noqa: E402

BUTTONS = {"arrived": confirm_arrival, "again": send_again}
WHY = "The drill looked outside."


def press(button: str, message_id: int) -> str:
    """Press one; what came of it."""
    try:
        by = User.objects.get(username="ben")
        BUTTONS[button](message_id=message_id, by=by, why=WHY, at=timezone.now())
    except DomainError as error:
        return f"refused: {error}"
    except DatabaseError as error:
        return f"unknown: {type(error).__name__}"
    return "done"


if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        said = press(asked["button"], asked["message_id"])
        print(json.dumps(asked | {"said": said}), flush=True)  # noqa: T201 - it is the protocol
