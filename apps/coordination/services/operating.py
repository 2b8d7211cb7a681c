"""What an operator decides about parked runs; each decision is an event with who and why."""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.coordination import hints
from apps.coordination.events import publish
from apps.coordination.models import Run
from apps.coordination.services.calling import UNSETTLED
from apps.coordination.states import PARKED, RUN_MOVES, RunState, StepKind, StepState
from apps.coordination.types import RunGivenUp, RunSettledOutside, RunTriedAgain
from apps.core.db import locked
from apps.core.errors import Refused
from apps.core.states import Moves, check_move


class NothingWasAsked(Refused):
    """No call to the outside stands open in the run, so none can have been done."""

    message = "{run} has no open call to the outside; run it again, or give it up."


@transaction.atomic
def run_again(*, run_id: int, by: str, why: str = "") -> Run:
    """Try a parked run again; finished steps stay finished, keys stay the same.

    Raises IllegalMove when it is not parked (any more).
    """
    run = parked(run_id, to=RunState.READY)
    again = Q(state__in=[StepState.IN_DOUBT, StepState.STARTED])
    if run.error_code == UNSETTLED:
        again |= Q(state=StepState.DONE, output__isnull=True)
    run.steps.filter(again, kind=StepKind.CALL).update(state=StepState.FAILED)
    revive(run)
    publish(RunTriedAgain(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


@transaction.atomic
def settle_outside(*, run_id: int, by: str, why: str) -> Run:
    """Say that what the outside was asked is done after all, and let the run go on.

    Raises IllegalMove when the run is not parked, NothingWasAsked when no call stands open.
    """
    run = parked(run_id, to=RunState.READY)
    asked = run.steps.filter(kind=StepKind.CALL).exclude(state=StepState.DONE)
    if not asked.update(state=StepState.DONE, output=None, finished_at=Now()):
        raise NothingWasAsked(run=str(run))
    revive(run)
    publish(RunSettledOutside(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


@transaction.atomic
def give_up(*, run_id: int, by: str, why: str) -> Run:
    """End a run that is parked, ready or waiting. Raises IllegalMove for any other."""
    run = locked(Run, run_id)
    moves: Moves = {**RUN_MOVES, RunState.RUNNING: set()}
    check_move(run, run.state, RunState.CANCELLED, moves)
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
