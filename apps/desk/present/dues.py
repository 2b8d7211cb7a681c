"""Promises about time: how long is left, or how late it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.core.moments import span, whole
from apps.escalation.rules import NEAR, PAST, Clock, level_at
from apps.escalation.states import Promise

SOON = timedelta(hours=24)
"""Promises that are further away than this do not stand in the list."""

TONES = {NEAR: "warn", PAST: "bad"}


@dataclass(frozen=True, kw_only=True)
class Due:
    """One promise: what, how long, in which tone."""

    name: str
    short: str
    full: str
    tone: str
    icon: str


def due(clock: Clock, *, at: datetime) -> Due:
    """Say how a promise stands."""
    name = Promise(clock.promise).label.capitalize()
    level = level_at(clock, at)
    left = (clock.due_at - at).total_seconds()
    return Due(
        name=name,
        short=f"{span(-left)} late" if level == PAST else span(left),
        full=f"{name} due {whole(clock.due_at)}",
        tone=TONES.get(level, "line"),
        icon="circle-alert" if level == PAST else "clock",
    )


def dues_of(clocks: Sequence[Clock], *, at: datetime) -> list[Due]:
    """Every promise of a ticket, the one due first in front."""
    return [due(clock, at=at) for clock in clocks]


def pressing(promises: Mapping[int, Sequence[Clock]], *, at: datetime) -> dict[int, Due]:
    """For each ticket its first promise, when that is near enough to stand in the list."""
    return {
        number: due(clocks[0], at=at)
        for number, clocks in promises.items()
        if clocks and clocks[0].due_at < at + SOON
    }
