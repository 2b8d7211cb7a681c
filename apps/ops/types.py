"""Words of the dead-letter desk as plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

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
class Letter:
    """A dead letter as somebody saw it: which run, and at which of its turns."""

    run_id: int
    fence: int

    def __str__(self) -> str:
        return f"{self.run_id}.{self.fence}"

    @classmethod
    def read(cls, token: str) -> "Letter | None":
        """What ``str`` wrote; None for anything else."""
        run_id, _, fence = token.partition(".")
        if not all(
            part.isascii() and part.isdecimal() and len(part) < 19 for part in (run_id, fence)
        ):
            return None
        return cls(run_id=int(run_id), fence=int(fence))


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
class Group:
    """Dead letters that stopped in the same way, and how many there are."""

    state: str
    flow: str
    destination: str
    cause: str
    count: int

    def passes(self, sieve: Sieve, *, but: str = "") -> bool:
        """Whether a sieve lets it through; ``but`` names a word that is not looked at."""
        words = ("state", "flow", "destination", "cause")
        asked = {word: getattr(sieve, word) for word in words if word != but}
        return all(not value or value == getattr(self, word) for word, value in asked.items())
