"""Breakers in words: whether a destination is asked, and who waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.coordination.models import Breaker, Event
from apps.coordination.rules import BREAKER_FAILURES
from apps.core.moments import Moment, moment
from apps.core.sieves import query
from apps.ops.present.veil import plain
from apps.ops.present.words import Look, in_words, who
from apps.ops.types import Group, Sieve


@dataclass(frozen=True, kw_only=True)
class BreakerView:
    """One destination."""

    destination: str
    look: Look
    says: str
    failures: int
    error: str
    changed: Moment
    waiting: int
    letters: int
    letters_query: str
    is_open: bool
    asked: str


def breaker_view(
    breaker: Breaker,
    *,
    waiting: int,
    letters: int,
    asked: Event | None,
    names: Mapping[str, str],
    at: datetime,
) -> BreakerView:
    """Show one destination; ``left`` and ``probe_left`` are told by the database's clock."""
    look, says = how_it_stands(breaker)
    return BreakerView(
        destination=breaker.destination,
        look=look,
        says=says,
        failures=breaker.failures,
        error=plain(breaker.last_error) if breaker.failures else "",
        changed=moment(breaker.changed_at, at=at),
        waiting=waiting,
        letters=letters,
        letters_query=query(Sieve(destination=breaker.destination)),
        is_open=look is OPEN,
        asked=last_time(asked, names, at=at) if asked else "",
    )


CLOSED = Look(name="closed", icon="circle-check", tone="good")
WORRIED = Look(name="closed", icon="circle-alert", tone="warn")
OPEN = Look(name="open", icon="circle-pause", tone="bad")
HALF_OPEN = Look(name="half open", icon="circle-dot", tone="warn")


def how_it_stands(breaker: Breaker) -> tuple[Look, str]:
    """The state of a breaker, and one sentence about it."""
    left = getattr(breaker, "left", None)
    probe: timedelta = getattr(breaker, "probe_left", None) or timedelta()
    if left is None and breaker.failures:
        more = BREAKER_FAILURES + 1 - breaker.failures
        return WORRIED, f"It is asked; {more} more failure{'s' if more > 1 else ''} would open it."
    if left is None:
        return CLOSED, "It answers."
    if left > timedelta():
        return OPEN, f"It is left alone, and asked again in {in_words(left.total_seconds())}."
    if probe > timedelta():
        return HALF_OPEN, "One probe is out; the others wait for its answer."
    return HALF_OPEN, "The next run asks it as a probe."


def last_time(asked: Event, names: Mapping[str, str], *, at: datetime) -> str:
    """Who had it asked at once last, when and why."""
    why = f": {plain(asked.why)}" if asked.why else ""
    return f"{who(asked.actor, names)} had it asked {moment(asked.at, at=at).phrase}{why}"


def counts(groups: list[Group]) -> dict[str, int]:
    """How many dead letters each destination has."""
    found: dict[str, int] = {}
    for group in groups:
        found[group.destination] = found.get(group.destination, 0) + group.count
    return found
