"""Words and icons for the states of runs, steps and attempts; times; who did something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localtime

from apps.coordination.models import Run
from apps.coordination.states import RunState, StepState
from apps.core.moments import Moment, span
from apps.ops.types import NOWHERE

PAGES = {"ticket": "desk:ticket", "mail": "admin:channels_receivedmail_change"}
"""Where the story of a stream has a page, by the first word of the stream."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A state as word, icon and tone."""

    name: str
    icon: str
    tone: str = ""


RUNS = {
    RunState.READY: Look(name="ready", icon="clock", tone="accent"),
    RunState.RUNNING: Look(name="running", icon="loader-circle", tone="accent"),
    RunState.WAITING: Look(name="waiting", icon="clock", tone="warn"),
    RunState.IN_DOUBT: Look(name="in doubt", icon="circle-question-mark", tone="warn"),
    RunState.DEAD: Look(name="stopped", icon="circle-x", tone="bad"),
    RunState.DONE: Look(name="finished", icon="circle-check", tone="good"),
    RunState.CANCELLED: Look(name="given up", icon="circle-slash"),
}

OUTCOMES = {
    "": Look(name="no end was seen", icon="circle-question-mark", tone="warn"),
    StepState.STARTED: Look(name="outcome not known", icon="circle-question-mark", tone="warn"),
    StepState.DONE: Look(name="answered", icon="check", tone="good"),
    StepState.FAILED: Look(name="failed", icon="x", tone="bad"),
    StepState.IN_DOUBT: Look(name="in doubt", icon="circle-question-mark", tone="warn"),
}


def clock(then: datetime) -> Moment:
    """A moment to the second, and whole on hover; a script tells it in the reader's zone."""
    local = localtime(then)
    short = f"{local.day} {local:%b}, {local:%H:%M:%S}"
    whole = f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S}"
    full = f"{whole}.{local.microsecond // 1000:03d} {local.tzname()}"
    return Moment(iso=then.isoformat(timespec="milliseconds"), short=short, full=full)


def story(key: str) -> str:
    """A stream as words: ``ticket:42`` is ticket 42."""
    kind, _, rest = key.partition(":")
    return f"{kind} {rest}" if rest else key


def page_of(key: str) -> str:
    """The address of a stream's own page, or nothing."""
    kind, _, rest = key.partition(":")
    if kind not in PAGES or not (rest.isascii() and rest.isdecimal()):
        return ""
    try:
        return reverse(PAGES[kind], args=[int(rest)])
    except NoReverseMatch:
        return ""


def outside(destination: str) -> str:
    """A destination as words."""
    return "nobody outside" if destination == NOWHERE else destination


def cause(code: str) -> str:
    """The code of an error as words: ``worker_lost`` is worker lost."""
    return code.replace("_", " ") or "no error"


def who(actor: str, names: Mapping[str, str]) -> str:
    """Who acts, by name."""
    kind, _, rest = actor.partition(":")
    if kind == "user":
        return names.get(actor, "somebody who left")
    return {"flow": f"the flow {rest}", "": "the engine"}.get(kind, story(actor))


def spaced(name: str) -> str:
    """An event's name as words: ``ReviewDecided`` is review decided."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def run_look(run: Run) -> Look:
    """How a run stands."""
    look = RUNS[RunState(run.state)]
    return (
        Look(name=f"{look.name}, taking back", icon=look.icon, tone=look.tone)
        if (run.undoing and run.finished_at is None)
        else look
    )


def in_words(seconds: float) -> str:
    """A short length of time that is still to come."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else span(seconds)
