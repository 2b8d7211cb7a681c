"""Points in time as people read them: short in the page, whole on hover."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time as the page shows it; the script keeps ``short`` true while the page stays open."""

    iso: str
    short: str
    full: str

    @property
    def phrase(self) -> str:
        """The same inside a sentence: just now, 4m ago, on 12 Mar."""
        if self.short == "now":
            return "just now"
        return f"on {self.short}" if " " in self.short else f"{self.short} ago"


def moment(then: datetime, *, at: datetime) -> Moment:
    """Tell how long ago something was."""
    return Moment(iso=then.isoformat(timespec="seconds"), short=ago(then, at), full=whole(then))


def ago(then: datetime, at: datetime) -> str:
    """Say it in the fewest letters: now, 4m, 3h, 2d, 12 Mar, Mar 2024."""
    seconds = (at - then).total_seconds()
    if seconds < MINUTE:
        return "now"
    if seconds < 7 * DAY:
        return span(seconds)
    local = localtime(then)
    same_year = local.year == localtime(at).year
    return f"{local.day} {local:%b}" if same_year else f"{local:%b %Y}"


def span(seconds: float) -> str:
    """Say a length of time in one unit: 4m, 3h, 2d."""
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)}m"
    if seconds < DAY:
        return f"{int(seconds // HOUR)}h"
    return f"{int(seconds // DAY)}d"


def whole(then: datetime) -> str:
    """The full time in the desk's own zone."""
    local = localtime(then)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {local.tzname()}"


def took(length: timedelta) -> str:
    """How long a step took: 38 ms, 1.2 s, 4m."""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    return span(seconds)
