"""The rows of the dead-letter desk: cause, what the outside was told, payload, traceback."""

from dataclasses import dataclass
from datetime import datetime

from apps.coordination.models import Attempt, Run, Step
from apps.coordination.states import StepKind
from apps.core.moments import Moment, moment, took
from apps.ops.present.veil import Shown, plain, shown
from apps.ops.present.words import OUTCOMES, Look, cause, clock, page_of, run_look, story
from apps.ops.queries.letters import Page
from apps.ops.types import Letter

MOST_TRIES = 10


@dataclass(frozen=True, kw_only=True)
class Try:
    """One time the outside was asked."""

    number: int
    look: Look
    at: Moment
    took: str
    error: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call that a run stopped at: what the outside was told, and what came of it."""

    step: str
    destination: str
    key: str
    request: Shown
    tries: list[Try]
    earlier: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One dead letter."""

    id: int
    seen: Letter
    flow: str
    look: Look
    story: str
    story_url: str
    destination: str
    cause: str
    error: str
    stopped: Moment
    began: Moment
    attempts: int
    asked: list[Asked]
    payload: Shown
    trace: str
    can_be_done: bool


def rows(page: Page, *, at: datetime) -> list[Row]:
    """The dead letters of one page."""
    return [row(run, at=at) for run in page.runs]


def row(run: Run, *, at: datetime) -> Row:
    """One dead letter; its unfinished steps with their attempts are already there."""
    calls = [step for step in run.steps.all() if step.kind == StepKind.CALL]
    return Row(
        id=run.pk,
        seen=Letter(run_id=run.pk, fence=run.fence),
        flow=run.flow,
        look=run_look(run),
        story=story(run.serial_key),
        story_url=page_of(run.serial_key),
        destination=run.destination,
        cause=cause(run.error_code),
        error=plain(run.error),
        stopped=moment(run.parked_at or run.created_at, at=at),
        began=clock(run.created_at),
        attempts=run.attempts,
        asked=[asked(step) for step in calls],
        payload=shown(run.input_head, run.input_size),  # type: ignore[attr-defined]
        trace=plain(run.trace),
        can_be_done=bool(calls),
    )


def asked(step: Step) -> Asked:
    """A call, the latest attempts last."""
    tries = list(step.tries.all())
    last = tries[-1] if tries else None
    return Asked(
        step=step.name,
        destination=step.destination,
        key=step.idem_key,
        request=shown(last.request_head, last.request_size) if last else Shown(text=""),  # type: ignore[attr-defined]
        tries=[attempt_view(each) for each in tries[-MOST_TRIES:]],
        earlier=max(0, len(tries) - MOST_TRIES),
    )


def attempt_view(attempt: Attempt) -> Try:
    """One attempt: how it ended, and how long it took."""
    ended = attempt.finished_at
    return Try(
        number=attempt.number,
        look=OUTCOMES.get(attempt.outcome, OUTCOMES[""]),
        at=clock(attempt.started_at),
        took=took(ended - attempt.started_at) if ended else "",
        error=plain(attempt.error),
    )
