"""Words of the dead-letter desk as plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apps.core.seen import Seen
from apps.core.sieves import Counted

NOWHERE = "-"
"""The destination of a run that stopped at something of our own."""

AGES = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}


class Verdict(StrEnum):
    """What an operator decides about a dead letter."""

    AGAIN = "again"
    DONE = "done"
    GIVE_UP = "give_up"


@dataclass(frozen=True, kw_only=True)
class Letter(Seen):
    """A dead letter as somebody saw it: which run, and at which of its turns."""

    run_id: int
    fence: int


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """Which dead letters are looked at; an empty word lets all of them through."""

    state: str = ""
    flow: str = ""
    destination: str = ""
    cause: str = ""
    age: str = ""

    def before(self, at: datetime) -> datetime | None:
        """Only runs that stopped before this moment."""
        return at - AGES[self.age] if self.age in AGES else None


@dataclass(frozen=True, kw_only=True)
class Group(Counted):
    """Dead letters that stopped in the same way, and how many there are."""

    state: str
    flow: str
    destination: str
    cause: str
