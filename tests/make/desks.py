"""Desks that mail each other: one's own, a second one with its own database, scripted robots."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Protocol

from django.utils import timezone

from apps.channels.services.receiving import store_mail
from tests.make.engine import drain

KEY = "the other desk's own key"


class Desk(Protocol):
    """Takes a mail and gives back what it sends because of it."""

    def take(self, raw: bytes) -> list[bytes]: ...


class OwnDesk:
    """The desk of this process."""

    def __init__(self, outbox: Path) -> None:
        self.outbox, self.known = outbox, set()

    def take(self, raw: bytes) -> list[bytes]:
        store_mail(raw=raw, source="lmtp", at=timezone.now())
        drain()
        return self.fresh()

    def fresh(self) -> list[bytes]:
        """What was sent since it was asked last."""
        found = set(self.outbox.glob("*.eml")) - self.known
        self.known |= found
        return [path.read_bytes() for path in sorted(found)]


class OtherDesk(OwnDesk):
    """A desk in a process, with a database and keys of its own."""

    def __init__(self, folder: Path, process: subprocess.Popen) -> None:
        super().__init__(folder / "outbox")
        self.folder, self.process, self.numbers = folder, process, count()

    def take(self, raw: bytes) -> list[bytes]:
        path = self.folder / f"{next(self.numbers)}.raw"
        path.write_bytes(raw)
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "taken\n"
        return self.fresh()


class Robot:
    """Answers each mail at once. ``answer`` writes the answer to a mail."""

    def __init__(self, answer: Callable[[EmailMessage, int], bytes]) -> None:
        self.answer, self.numbers = answer, count(1)

    def take(self, raw: bytes) -> list[bytes]:
        return [self.answer(message_from_bytes(raw, policy=policy.default), next(self.numbers))]


def exchange(first: Desk, second: Desk, raw: bytes, carry: Callable[[bytes], bytes]) -> list[Desk]:
    """Carry mails between two desks until no more come; returns who sent them, in order."""
    sent: list[Desk] = []
    waiting = [(first, raw)]
    while waiting:
        desk, arriving = waiting.pop(0)
        other = second if desk is first else first
        for leaving in desk.take(arriving):
            sent.append(desk)
            waiting.append((other, carry(leaving)))
        assert len(sent) < 60, "It does not stop by itself."
    return sent


@contextmanager
def other_desk(folder: Path, *addresses: str) -> Iterator[OtherDesk]:
    """Run a second desk with these inboxes for the length of a block."""
    base, _, options = os.environ["DATABASE_URL"].partition("?")
    head, _, _ = base.rpartition("/")
    name = f"other_desk_{os.getpid()}"
    own = {
        "DATABASE_URL": f"{head}/{name}" + (f"?{options}" if options else ""),
        "SECRET_KEY": KEY,
        "SITE_URL": "https://two.example",
        "SUPPORTCOORD_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.make.other_desk", *addresses],
        cwd=Path(__file__).parents[2],
        env=os.environ | own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield OtherDesk(folder, process)
    finally:
        process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)
        process.kill()
