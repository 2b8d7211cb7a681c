"""What an operator decides about parked runs; each decision is an event with who and why."""

from django.db import transaction
from django.db.models.functions import Now

from apps.coordination import hints
from apps.coordination.events import publish
from apps.coordination.models import Run
from apps.coordination.states import PARKED, RUN_MOVES, RunState, StepState
from apps.coordination.types import RunGivenUp, RunSettledOutside, RunTriedAgain
from apps.core.db import locked
from apps.core.states import check_move


@transaction.atomic
def run_again(*, run_id: int, by: str, why: str = "") -> Run:
    """Try a parked run again; finished steps stay finished, keys stay the same.

    Raises IllegalMove when it is not parked (any more).
    """
    run = parked(run_id, to=RunState.READY)
    run.steps.filter(state__in=[StepState.IN_DOUBT, StepState.STARTED], kind="call").update(
        state=StepState.FAILED
    )
    revive(run)
    publish(RunTriedAgain(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


@transaction.atomic
def settle_outside(*, run_id: int, by: str, why: str) -> Run:
    """Say that the step in doubt was done after all, and let the run go on."""
    run = parked(run_id, to=RunState.READY)
    doubtful = run.steps.filter(state__in=[StepState.IN_DOUBT, StepState.STARTED], kind="call")
    doubtful.update(state=StepState.DONE, output=None, finished_at=Now())
    revive(run)
    publish(RunSettledOutside(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


@transaction.atomic
def give_up(*, run_id: int, by: str, why: str) -> Run:
    """End a run that is parked, ready or waiting. Raises IllegalMove once it has ended."""
    run = locked(Run, run_id)
    check_move(run, run.state, RunState.CANCELLED, RUN_MOVES)
    run.state, run.finished_at, run.due_at = RunState.CANCELLED, Now(), None
    run.fence += 1
    run.save(update_fields=["state", "finished_at", "due_at", "fence"])
    publish(RunGivenUp(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


def parked(run_id: int, *, to: RunState) -> Run:
    """Lock a run that an operator may move; raises IllegalMove otherwise."""
    run = locked(Run, run_id)
    moves = {state: RUN_MOVES[state] if state in PARKED else set() for state in RUN_MOVES}
    check_move(run, run.state, to, moves)
    return run


def revive(run: Run) -> None:
    """Make a parked run ready, with its patience restored."""
    run.state, run.due_at, run.attempts, run.takeovers = RunState.READY, Now(), 0, 0
    run.signalled_at, run.signals = Now(), 1
    fields = ["state", "due_at", "attempts", "takeovers", "signalled_at", "signals"]
    run.save(update_fields=fields)
    transaction.on_commit(lambda: hints.hint(run.pk), robust=True)
