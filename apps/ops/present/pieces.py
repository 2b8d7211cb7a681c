"""What happened in a run, piece by piece: steps, each time it asked, waits, what was decided."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.coordination.models import Attempt, Event, Run, Step
from apps.coordination.states import RunState, StepKind, StepState
from apps.coordination.types import RunGivenUp, RunParked, RunSettledOutside, RunTriedAgain
from apps.core.moments import Moment, took
from apps.ops.present.veil import Shown, plain, shown
from apps.ops.present.words import OUTCOMES, RUNS, Look, cause, clock, spaced, who
from apps.ops.queries.runs import WholeRun

UNDO = "undo:"
SHORT = 60

WORK = Look(name="done", icon="check", tone="good")
BEGUN = Look(name="begun", icon="circle-dot")
WAITED = Look(name="over", icon="clock", tone="good")
WAITS = Look(name="waiting", icon="clock", tone="warn")
ENDED = Look(name="given up", icon="circle-slash")
BEFORE_IT = Look(name="not begun", icon="circle")
PERSON = Look(name="decided by a person", icon="user-check", tone="accent")
NEWS = Look(name="news", icon="history")

DECIDED = {
    RunTriedAgain.name: "let it run again",
    RunSettledOutside.name: "said that it was done outside",
    RunGivenUp.name: "gave it up",
}


@dataclass(frozen=True, kw_only=True)
class Detail:
    """Something stored that belongs to a mark: a word beside it, or to be unfolded."""

    name: str
    shown: Shown

    @property
    def is_short(self) -> bool:
        """Whether it fits on its line."""
        return len(self.shown.text) <= SHORT and "\n" not in self.shown.text


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One line of the timeline."""

    look: Look
    title: str
    text: str = ""
    quiet: str = ""
    at: Moment | None = None
    took: str = ""
    details: list[Detail] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    is_gap: bool = False
    turn: str = ""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of time in the life of a run, with its line. ``end`` is None while it is open."""

    kind: str
    start: datetime
    end: datetime | None
    mark: Mark
    fence: int | None = None
    order: int = 0


def pieces(whole: WholeRun) -> list[Piece]:
    """Everything that is known to have happened, in its order."""
    asked: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in whole.attempts:
        asked[attempt.step_id].append(attempt)
    said: dict[str, list[str]] = defaultdict(list)
    for event in whole.events:
        if event.run_id == whole.run.pk and event.step:
            said[event.step].append(spaced(event.type))
    found = [begun(whole)]
    for step in whole.steps:
        found.extend(pieces_of(step, asked[step.pk], said[step.name], whole.run))
    found.extend(told(event, whole) for event in whole.events if is_about(event, whole.run))
    return sorted(found, key=lambda piece: (piece.start, piece.order))


def begun(whole: WholeRun) -> Piece:
    """How it came to be."""
    run = whole.run
    others = (event for event in whole.events if not is_about(event, run))
    cause_of_it = next((event for event in others if event.seq == run.key_seq), None)
    because = f": {spaced(cause_of_it.type)}" if cause_of_it else ""
    actor = cause_of_it.actor if cause_of_it else ""
    by = f"by {who(actor, whole.names)}" if actor else ""
    mark = Mark(look=BEGUN, title=f"Begun{because}", quiet=by, at=clock(run.created_at))
    return Piece(kind="begun", start=run.created_at, end=run.created_at, mark=mark, order=-1)


def pieces_of(step: Step, tries: list[Attempt], said: list[str], run: Run) -> Iterator[Piece]:
    """The pieces of one step: each attempt of a call is one."""
    if step.kind == StepKind.CALL and tries:
        for attempt in tries:
            yield tried(step, attempt, said if attempt is tries[-1] else [])
    elif step.kind in (StepKind.WAIT, StepKind.SLEEP):
        yield waited(step, given_up=run.undoing or run.finished_at is not None)
    else:
        yield worked(step, said)


def title_of(step: Step) -> str:
    """A step's name; one that takes another back says so."""
    undone = step.name.removeprefix(UNDO)
    return plain(f"Take back: {undone}" if undone != step.name else step.name)


def worked(step: Step, said: list[str]) -> Piece:
    """A database step, or a call of which no attempt is known."""
    done = step.state == StepState.DONE
    moment = step.finished_at or step.started_at
    mark = Mark(
        look=WORK if done else OUTCOMES.get(step.state, BEFORE_IT),
        title=title_of(step),
        text=plain(step.error),
        at=clock(moment),
        details=details(("It returned", output_of(step) if done else Shown(text=""))),
        said=said,
    )
    return Piece(
        kind="work", start=moment, end=moment, mark=mark, fence=step.fence, order=step.position
    )


def tried(step: Step, attempt: Attempt, said: list[str]) -> Piece:
    """One time the outside was asked: what it was told, and what came of it."""
    answered = attempt.outcome == StepState.DONE
    request = shown(attempt.request_head, attempt.request_size)  # type: ignore[attr-defined]
    ended = attempt.finished_at
    number = f", try {attempt.number}" if step.attempts > 1 else ""
    mark = Mark(
        look=OUTCOMES.get(attempt.outcome, OUTCOMES[""]),
        title=f"{title_of(step)}{number}",
        text="" if answered else plain(attempt.error) or "No end of it was written down.",
        quiet=f"{step.destination}, key {step.idem_key}",
        at=clock(attempt.started_at),
        took=took(ended - attempt.started_at) if ended else "",
        details=details(
            ("It was told", request),
            ("It answered", output_of(step) if answered else Shown(text="")),
        ),
        said=said,
    )
    return Piece(
        kind="asked" if answered else "failed" if ended else "lost",
        start=attempt.started_at,
        end=ended,
        mark=mark,
        fence=attempt.fence,
        order=step.position,
    )


def waited(step: Step, *, given_up: bool) -> Piece:
    """A wait or a sleep: over, still open, or ended with its run."""
    over = step.finished_at
    mark = Mark(
        look=WAITED if over else ENDED if given_up else WAITS,
        title=title_of(step),
        text="Given up before it was over." if given_up and not over else came(step),
        quiet="slept" if step.kind == StepKind.SLEEP else "waited",
        at=clock(step.started_at),
        took=took(over - step.started_at) if over else "",
        details=details(("What came", output_of(step) if over else Shown(text=""))),
    )
    return Piece(
        kind="waited",
        start=step.started_at,
        end=over,
        mark=mark,
        fence=step.fence,
        order=step.position,
    )


def came(step: Step) -> str:
    """What a wait came to."""
    if not step.finished_at:
        until = f"until {clock(step.due_at).short} at the latest" if step.due_at else ""
        return until or "for as long as it takes"
    if step.kind == StepKind.SLEEP:
        return ""
    heard = whole_output(step)
    return spaced(heard["type"]) if isinstance(heard, dict) else "Nothing came in time."


def whole_output(step: Step) -> Any:
    """What a step returned, if all of it was read."""
    head, size = step.output_head, step.output_size  # type: ignore[attr-defined]
    return json.loads(head) if head and size <= len(head) else None


def output_of(step: Step) -> Shown:
    """What a step returned, for the page; nothing for nothing."""
    text = shown(step.output_head, step.output_size)  # type: ignore[attr-defined]
    return Shown(text="") if text.text == "null" else text


def details(*named: tuple[str, Shown]) -> list[Detail]:
    """What there is to unfold."""
    return [Detail(name=name, shown=text) for name, text in named if text.text]


def is_about(event: Event, run: Run) -> bool:
    """Whether an event was told about the run itself, and not by one of its steps."""
    return bool(event.payload.get("run_id") == run.pk)


def told(event: Event, whole: WholeRun) -> Piece:
    """It stopped, or somebody decided."""
    parked = event.type == RunParked.name
    if parked:
        state = RunState(event.payload["state"])
        look = RUNS[state]
        title = f"{look.name.capitalize()}: {cause(event.payload['error_code'])}"
        mark = Mark(look=look, title=title, text=plain(event.why), at=clock(event.at))
    else:
        did = DECIDED.get(event.type)
        name = who(event.actor, whole.names)
        mark = Mark(
            look=PERSON if did else NEWS,
            title=f"{name} {did}" if did else spaced(event.type).capitalize(),
            text=plain(event.why),
            at=clock(event.at),
        )
    kind = "parked" if parked else "decided"
    return Piece(kind=kind, start=event.at, end=event.at, mark=mark, order=10_000)
