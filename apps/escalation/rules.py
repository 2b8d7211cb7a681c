"""When a promise about time is near or past: a pure function of what happened to a ticket."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"
NEAR, PAST = "near", "past"


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What is promised to tickets of one priority."""

    first_response: timedelta
    resolution: timedelta
    warn_at_percent: int = 80


@dataclass(frozen=True, order=True)
class Told:
    """An escalation that happened: of which promise, how near, of which clock."""

    promise: str
    level: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A ticket as its promises see it."""

    created_at: datetime
    finished: bool
    first_answered_at: datetime | None = None
    reopened_at: datetime | None = None
    told: Set[Told] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A promise that is not kept yet: since when it runs, when it is near, when it is due."""

    promise: str
    since: datetime
    near_at: datetime
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The next moment at which somebody has to hear of a promise."""

    promise: str
    level: str
    at: datetime
    since: datetime
    due_at: datetime


def clocks(facts: Facts, aim: Aim | None) -> list[Clock]:
    """The promises that still run, the one due first in front."""
    if facts.finished or aim is None:
        return []
    running = [clock(RESOLUTION, facts.reopened_at or facts.created_at, aim.resolution, aim)]
    if facts.first_answered_at is None:
        running.append(clock(FIRST_RESPONSE, facts.created_at, aim.first_response, aim))
    return sorted(running, key=lambda one: (one.due_at, one.promise))


def clock(promise: str, since: datetime, length: timedelta, aim: Aim) -> Clock:
    """One promise that runs since then."""
    near_at = since + length * aim.warn_at_percent / 100
    return Clock(promise=promise, since=since, near_at=near_at, due_at=since + length)


def next_deadline(facts: Facts, aim: Aim | None, *, at: datetime) -> Deadline | None:
    """The next moment to escalate at, which may have passed already; None when there is none.

    Each level of a promise is told once. What is past already is not told as near any more.
    """
    open_ends = (deadline(one, facts.told, at) for one in clocks(facts, aim))
    return min((one for one in open_ends if one), key=lambda one: one.at, default=None)


def deadline(one: Clock, told: Iterable[Told], at: datetime) -> Deadline | None:
    """The next level of one promise that nobody was told of."""
    levels = {
        each.level for each in told if (each.promise, each.since) == (one.promise, one.since)
    }
    if PAST in levels:
        return None
    level = PAST if NEAR in levels or one.due_at <= at else NEAR
    moment = one.due_at if level == PAST else one.near_at
    return Deadline(
        promise=one.promise, level=level, at=moment, since=one.since, due_at=one.due_at
    )


def level_at(one: Clock, at: datetime) -> str:
    """How near a promise is: past, near, or nothing yet."""
    if one.due_at <= at:
        return PAST
    return NEAR if one.near_at <= at else ""


def in_words(length: timedelta) -> str:
    """A length of time as people say it, such as ``1 h 30 min``."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "d"), (hours, "h"), (rest, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"
