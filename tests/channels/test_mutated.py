"""Public mails that were broken on purpose: each has one outcome, none is lost or comes twice.

Here every third mail is broken in one of the twenty ways; `make mail-mutations` breaks all of
them in all ways and shows the table of docs/mail.md.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median, quantiles

import pytest
from django.conf import settings

from apps.channels.models import ReceivedMail
from apps.channels.parsing import parse_mail
from apps.channels.queries.sums import mail_sums, total_of
from apps.channels.services.deciding import decide_mail
from apps.channels.services.receiving import store_mail
from apps.channels.states import DECIDED, FILED
from apps.tickets.models import Message, Ticket
from tests.channels.test_shared_mail import MAILS
from tests.make.mails import inbox
from tests.make.mutated import WAYS, mutated

EVERY_WAY = os.environ.get("MAIL_MUTATIONS") == "all"
BEGAN = datetime(2026, 11, 2, tzinfo=UTC)
APART = timedelta(minutes=11)  # the brake on one sender is another test's
MOST_SECONDS = 2.0
OUTCOMES = ("ticket", "reply", "duplicate", "ignored", "quarantined")
TABLE = Path(settings.BASE_DIR) / "var" / "mail-mutations.md"
TAKEN: list["Taken"] = []  # of all the ways so far

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared_data,
    pytest.mark.skipif(not MAILS, reason="THE PUBLIC MAILS ARE NOT BESIDE THE PROJECT"),
]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One broken mail, and what became of it at first and, if so, when it came again."""

    file: Path
    way: str
    raw: bytes
    seconds: float
    outcomes: tuple[str, ...]


def broken(way: str) -> list[tuple[Path, str, int]]:
    """Which mails are broken in which ways, and how often each comes: every fourth twice."""
    names = [way] if way in WAYS else list(WAYS)
    some = enumerate(MAILS if way in WAYS else MAILS[::3])
    return [(path, names[n % len(names)], 1 + (n % 4 == 0)) for n, path in some]


def take(path: Path, way: str, times: int, moments: Iterator[datetime]) -> Taken:
    """Give one broken mail to the desk, once or twice."""
    raw = mutated(path.read_bytes(), way, path.name)
    begun = time.thread_time()
    parse_mail(raw)
    seconds = time.thread_time() - begun
    rows = [store_mail(raw=raw, source="command", at=next(moments)) for _ in range(times)]
    outcomes = tuple(decide_mail(mail_id=row.pk).outcome for row in rows)
    return Taken(file=path, way=way, raw=raw, seconds=seconds, outcomes=outcomes)


@pytest.mark.parametrize("way", list(WAYS) if EVERY_WAY else ["each in another way"])
def test_each_broken_mail_has_one_outcome_and_comes_once(way):
    inbox(takes_lists=True)
    moments = (BEGAN + number * APART for number in count())

    taken = [take(*one, moments) for one in broken(way)]

    nothing_is_lost(taken)
    nothing_comes_twice(taken)
    the_sums_agree(sum(len(one.outcomes) for one in taken))
    assert max(one.seconds for one in taken) < MOST_SECONDS
    if EVERY_WAY:
        TAKEN.extend(taken)
        TABLE.write_text(table(TAKEN))


def nothing_is_lost(taken: list[Taken]) -> None:
    """Each mail is kept as it came, has an outcome, and is a copy only of what it names itself."""
    rows = ReceivedMail.objects.order_by("pk").select_related("duplicate_of")
    assert {outcome for one in taken for outcome in one.outcomes} <= DECIDED
    kept = [(bytes(row.raw), row.outcome) for row in rows]
    assert kept == [(one.raw, outcome) for one in taken for outcome in one.outcomes]
    for row in rows.filter(outcome="duplicate"):
        copy, original = parse_mail(bytes(row.raw)), parse_mail(bytes(row.duplicate_of.raw))
        assert copy.message_id == original.message_id
        assert copy.message_id or copy.fingerprint == original.fingerprint


def nothing_comes_twice(taken: list[Taken]) -> None:
    """The second time is a copy; each filed mail has a message of its own, each ticket a mail."""
    filed = ReceivedMail.objects.filter(outcome__in=FILED)
    assert {outcome for one in taken for outcome in one.outcomes[1:]} == {"duplicate"}
    assert filed.count() == filed.values("message").distinct().count() == Message.objects.count()
    assert Ticket.objects.count() == filed.filter(outcome="ticket").count() > len(taken) / 20


def the_sums_agree(received: int) -> None:
    """Received is the sum of the outcomes, on each day."""
    total = total_of(mail_sums())
    assert (total.received, total.missing) == (received, 0)
    assert all(one.agrees for one in mail_sums())


def table(taken: list[Taken]) -> str:
    """What docs/mail.md shows, as far as it is known."""
    kinds = " | ".join(OUTCOMES)
    ways = list(dict.fromkeys(one.way for one in taken))
    folders = sorted({one.file.parent.name for one in taken})
    lines = [
        f"| mails | each broken | {kinds} | parse: median | p99 | most |",
        "|---" * (len(OUTCOMES) + 5) + "|",
        *(row(name, [one for one in taken if one.file.parent.name == name]) for name in folders),
        row("all", taken),
        "",
        f"| broken how | {kinds} |",
        "|---" * (len(OUTCOMES) + 1) + "|",
        *(f"| {way} | {outcomes([one for one in taken if one.way == way])} |" for way in ways),
    ]
    return "\n".join(lines) + "\n"


def row(name: str, taken: list[Taken]) -> str:
    """One line of the table."""
    took = sorted(one.seconds * 1000 for one in taken)
    files = len({one.file for one in taken})
    times = f"{median(took):.1f} ms | {quantiles(took, n=100)[98]:.1f} ms | {took[-1]:.0f} ms"
    return f"| {name}: {files} | {len(taken) // files} times | {outcomes(taken)} | {times} |"


def outcomes(taken: list[Taken]) -> str:
    """How many had each outcome."""
    return " | ".join(str(sum(one.outcomes[0] == kind for one in taken)) for kind in OUTCOMES)
