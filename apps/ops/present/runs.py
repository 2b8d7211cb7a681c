"""One run for its page: the facts, what can be decided, the timeline, payload and traceback."""

from dataclasses import dataclass
from datetime import datetime

from apps.coordination.states import LIVE, PARKED, StepKind, StepState
from apps.ops.present.timeline import Timeline, timeline
from apps.ops.present.veil import Shown, plain, shown
from apps.ops.present.words import Look, cause, page_of, run_look, story
from apps.ops.queries.runs import WholeRun
from apps.ops.types import Letter


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A whole run."""

    id: int
    letter: Letter
    flow: str
    version: int
    look: Look
    story: str
    story_url: str
    lane: str
    trace_id: str
    cause: str
    error: str
    parked: bool
    live: bool
    can_be_done: bool
    attempts: int
    takeovers: int
    timeline: Timeline
    payload: Shown
    trace: str


def run_view(whole: WholeRun, *, at: datetime) -> RunView:
    """Show a run."""
    run = whole.run
    open_calls = [
        step for step in whole.steps if step.kind == StepKind.CALL and step.state != StepState.DONE
    ]
    return RunView(
        id=run.pk,
        letter=Letter(run_id=run.pk, fence=run.fence),
        flow=run.flow,
        version=run.version,
        look=run_look(run),
        story=story(run.serial_key),
        story_url=page_of(run.serial_key),
        lane=run.lane,
        trace_id=run.trace_id,
        cause=cause(run.error_code) if run.error_code else "",
        error=plain(run.error),
        parked=run.state in PARKED,
        live=run.state in LIVE and not run.undoing,
        can_be_done=bool(open_calls),
        attempts=run.attempts,
        takeovers=run.takeovers,
        timeline=timeline(whole, at=at),
        payload=shown(run.input_head, run.input_size),  # type: ignore[attr-defined]
        trace=plain(run.trace),
    )
