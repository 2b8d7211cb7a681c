"""What flows remember of an escalation, as plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """How a ticket's promises stand: whether any is left to watch, what comes next, and how soon.

    ``within`` is None when there is nothing to wait for but news. Looks of old that are remembered
    do not say it: after those one looks again at once.
    """

    over: bool
    promise: str = ""
    level: str = ""
    at: datetime | None = None
    within: timedelta | None = timedelta()


@dataclass(frozen=True, kw_only=True)
class Escalated:
    """What came of escalating: nothing when it was told before, or holds no more."""

    escalation_id: int | None
    fresh: bool


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a lead is told, and at which addresses."""

    to: tuple[str, ...]
    subject: str
    text: str
