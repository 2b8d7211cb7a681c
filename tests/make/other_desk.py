"""A second desk over a database of its own: `python -m tests.make.other_desk ADDRESS …`.

It takes each mail that a line of its input names, does all that comes of it, and says so.
"""

import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone

django.setup()

from apps.channels.services.receiving import store_mail  # noqa: E402
from tests.make.engine import drain  # noqa: E402
from tests.make.mails import inbox  # noqa: E402

WORDS = "We have it as number {number}."


def say(word: str) -> None:
    """Tell whoever started this desk."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def work(addresses: list[str]) -> None:
    """Be a desk until the input ends."""
    for address in addresses:
        inbox(address, acknowledgement=WORDS)
    say("ready")
    for line in sys.stdin:
        store_mail(raw=Path(line.strip()).read_bytes(), source="lmtp", at=timezone.now())
        drain()
        say("taken")


if __name__ == "__main__":
    settings.COORDINATION_HINTS = False
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        work(sys.argv[1:])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
