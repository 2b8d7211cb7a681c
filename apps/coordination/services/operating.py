"""What an operator decides about parked runs; each decision is an event with who and why."""

from contextlib import suppress

from django.db import transaction
from django.db.models.functions import Now

from apps.coordination import hints, ledger
from apps.coordination.events import publish
from apps.coordination.models import Run, Step
from apps.coordination.services.calling import UNSETTLED
from apps.coordination.services.undoing import UNDO
from apps.coordination.states import DOUBTFUL, PARKED, RUN_MOVES, RunState, StepKind, StepState
from apps.coordination.types import RunGivenUp, RunSettledOutside, RunTriedAgain
from apps.core.db import locked
from apps.core.errors import NotFound, Refused, Unavailable
from apps.core.states import check_move


class NothingWasAsked(Refused):
    """No call to the outside stands open in the run, so none can have been done."""

    message = "{run} has no open call to the outside; run it again, or give it up."


class AlreadyGivenUp(Refused):
    """The run is on its way back; that is done once."""

    message = "{run} was given up already; what it did is being taken back."


class HeldByAnother(Exception):
    """An executor writes to the run just now; rolls back to where nothing is locked."""


class Busy(Unavailable):
    """Executors hold the run each time somebody looks."""

    message = "Run {run_id} is being written to; try again in a moment."


MOST_TRIES = 10


@transaction.atomic
def run_again(*, run_id: int, by: str, why: str = "") -> Run:
    """Try a parked run again; finished steps stay finished, keys stay the same.

    Of a call in doubt that says: it was not done, ask. Raises IllegalMove when the run is not
    parked (any more).
    """
    run = parked(run_id, to=RunState.READY)
    if run.state == RunState.IN_DOUBT:
        decide(run, doubtful_call(run), StepState.FAILED)
    elif run.error_code == UNSETTLED:
        # On the way back nothing is begun, but what may have been done is brought to its end.
        ask_again = StepState.STARTED if run.undoing else StepState.FAILED
        decide(run, settled_call(run), ask_again)
    revive(run)
    publish(RunTriedAgain(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


@transaction.atomic
def settle_outside(*, run_id: int, by: str, why: str) -> Run:
    """Say that what the outside was asked last is done after all, and let the run go on.

    Raises IllegalMove when the run is not parked, NothingWasAsked when no call stands open.
    """
    run = parked(run_id, to=RunState.READY)
    if not decide(run, doubtful_call(run) or refused_call(run), StepState.DONE):
        raise NothingWasAsked(run=str(run))
    revive(run)
    publish(RunSettledOutside(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


def doubtful_call(run: Run) -> Step | None:
    """The call of a parked run of which nobody knows whether it was done."""
    doubtful = run.steps.filter(kind=StepKind.CALL, state__in=DOUBTFUL)
    return doubtful.order_by("-position").first()


def settled_call(run: Run) -> Step | None:
    """The call that a person said was done, and whose answer the story needs."""
    done = run.steps.filter(kind=StepKind.CALL, state=StepState.DONE, output__isnull=True)
    return done.exclude(name__startswith=UNDO).order_by("-position").first()


def refused_call(run: Run) -> Step | None:
    """The call that a run stopped at; on the way back only one of the way back."""
    refused = run.steps.filter(kind=StepKind.CALL, state=StepState.FAILED)
    if run.undoing:
        refused = refused.filter(name__startswith=UNDO)
    return refused.order_by("-position").first()


def decide(run: Run, step: Step | None, state: StepState) -> bool:
    """Write down what a person knows of one call of a run that is held."""
    if step is None:
        return False
    done = {"output": None, "finished_at": Now()} if state == StepState.DONE else {}
    run.steps.filter(pk=step.pk).update(state=state, **done)
    return True


def give_up(*, run_id: int, by: str, why: str) -> Run:
    """End a run for good: what it did is taken back in reverse, then it is cancelled.

    One that runs now turns round at its next write. A call that was parked in doubt counts as
    not done: say first that it was done, if it was. A run that parks on its way back ends as it
    is when it is given up once more. Raises IllegalMove once it is over, AlreadyGivenUp while it
    is on its way back.
    """
    for _ in range(MOST_TRIES):
        with suppress(HeldByAnother), transaction.atomic():
            return turned_round(stream_then_run(run_id), by=by, why=why)
        wait_for_the_other(run_id)
    raise Busy(run_id=run_id)


def stream_then_run(run_id: int) -> Run:
    """Lock a run's stream and then the run, as publishing does. Raises HeldByAnother.

    An executor locks them the other way round, so nobody waits for the second one.
    """
    key = Run.objects.filter(pk=run_id).values_list("serial_key", flat=True).first()
    if key is None:
        raise NotFound(thing="run", key=run_id)
    ledger.lock_stream(key)
    run = Run.objects.select_for_update(skip_locked=True).filter(pk=run_id).first()
    if run is None:
        raise HeldByAnother
    return run


def wait_for_the_other(run_id: int) -> None:
    """Wait until an executor has finished what it writes, and hold nothing afterwards."""
    with suppress(HeldByAnother), transaction.atomic():
        locked(Run, run_id)
        raise HeldByAnother


def turned_round(run: Run, *, by: str, why: str) -> Run:
    """Give a run up that is held, with its stream."""
    check_move(run, run.state, RunState.CANCELLED, RUN_MOVES)
    if run.undoing and run.state not in PARKED:
        raise AlreadyGivenUp(run=str(run))
    if run.undoing or run.fence == 0:
        end(run)
    else:
        turn_round(run)
    publish(RunGivenUp(key=run.serial_key, run_id=run.pk, flow=run.flow), actor=by, why=why)
    return run


def end(run: Run) -> None:
    """Cancel a run that did nothing, or whose way back is closed."""
    run.state, run.finished_at, run.due_at = RunState.CANCELLED, Now(), None
    run.fence += 1
    run.save(update_fields=["state", "finished_at", "due_at", "fence"])


def turn_round(run: Run) -> None:
    """Send a run on its way back; whoever holds it now sees that at the next write."""
    run.undoing, run.takeovers = True, 0
    run.save(update_fields=["undoing", "takeovers"])
    if run.state == RunState.RUNNING:
        return
    if run.state == RunState.IN_DOUBT:
        decide(run, doubtful_call(run), StepState.FAILED)
    revive(run)


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
