"""Outside calls: the intent commits first, then the call, then its outcome."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from apps.coordination import ledger, models
from apps.coordination.codec import decode, digest, encode, result_type
from apps.coordination.rules import CALL_MARGIN
from apps.coordination.services import breaking
from apps.coordination.services.stepping import remembered
from apps.coordination.states import StepKind, StepState
from apps.coordination.types import Claim, Intent, Memo, Receiver
from apps.core.errors import OutcomeUnknown, Refused, Unavailable


class InDoubt(Refused):
    """Nobody knows whether an unsafe call was done, so it is not repeated without a person."""

    message = "Step {step}: whether {destination} did it is not known. {cause}"


class CannotBeSettled(Refused):
    """A person said that a call was done, but the story needs its answer."""

    message = "Step {step}: somebody must ask {destination}, for its answer is needed."


UNSETTLED = "cannot_be_settled"
"""The code of CannotBeSettled; such a call is asked again when its run is run again."""


def call(claim: Claim, place: int, name: str, ask: Any, values: dict[str, Any]) -> Any:
    """Ask the outside once, or again as its receiver permits; remembers the answer.

    Raises Unavailable (try again later), Refused, InDoubt, or BreakerOpen.
    """
    hint = result_type(ask.function)
    input_hash = digest(values)
    memo = remembered(claim, place, name, input_hash)
    if memo and memo.state == StepState.DONE:
        return answer_of(memo, hint, ask)
    if unsure(memo) and ask.receiver is Receiver.UNSAFE:
        raise InDoubt(step=name, destination=ask.destination, cause="An attempt never ended.")
    breaking.pass_or_raise(ask.destination)
    intent, attempt = write_intent(claim, place, name, ask, input_hash, values, memo)
    answer = asked(claim, ask, intent, values, attempt, memo=memo)
    output = encode(answer)
    settle(claim, attempt, StepState.DONE, output=output)
    breaking.record_success(ask.destination)
    return decode(hint, output)


def answer_of(memo: Memo, hint: Any, ask: Any) -> Any:
    """What a finished call returned, or what it stands for since a person settled it."""
    if memo.output is None and ask.settled is not None:
        return ask.settled
    try:
        return decode(hint, memo.output)
    except ValueError as error:
        raise CannotBeSettled(step=memo.name, destination=ask.destination) from error


def unsure(memo: Memo | None) -> bool:
    """An earlier attempt began, and its outcome was never written down."""
    return memo is not None and memo.state in (StepState.STARTED, StepState.IN_DOUBT)


def write_intent(
    claim: Claim,
    place: int,
    name: str,
    ask: Any,
    input_hash: str,
    values: dict[str, Any],
    memo: Memo | None,
) -> tuple[Intent, models.Attempt]:
    """Commit what is about to be asked, under the step's one key."""
    number = (memo.attempts if memo else 0) + 1
    key = f"{claim.lease.run_id}:{name}"
    with transaction.atomic():
        ledger.hold(claim.lease, seconds=ask.timeout + CALL_MARGIN.total_seconds())
        step = ledger.write_step(
            claim.lease,
            name=name,
            kind=StepKind.CALL,
            position=place,
            state=StepState.STARTED,
            input_hash=input_hash,
            idem_key=key,
            destination=ask.destination,
            attempts=number,
        )
        attempt = models.Attempt.objects.create(
            step=step, number=number, fence=claim.lease.fence, request=encode(values)
        )
    return Intent(key=key, attempt=number, timeout=ask.timeout), attempt


def asked(
    claim: Claim,
    ask: Any,
    intent: Intent,
    values: dict[str, Any],
    attempt: models.Attempt,
    *,
    memo: Memo | None,
) -> Any:
    """Ask, and write down what kind of failure it was when it was one."""
    try:
        if memo and ask.receiver is Receiver.RECONCILABLE and ask.reconcile:
            found = ask.reconcile(intent, **values)
            if found is not None:
                return found
        return ask.function(intent, **values)
    except OutcomeUnknown as error:
        raise doubtful(claim, ask, attempt, error) from error
    except Unavailable as error:
        settle(claim, attempt, after_a_no(memo), error=str(error))
        if error.counts:
            breaking.record_failure(ask.destination, str(error))
        raise
    except Refused as error:
        settle(claim, attempt, after_a_no(memo), error=str(error))
        breaking.record_success(ask.destination)
        raise
    except Exception as error:
        raise doubtful(claim, ask, attempt, error) from error


def after_a_no(memo: Memo | None) -> StepState:
    """A no answers this attempt; what an earlier one did may still not be known."""
    return StepState.STARTED if unsure(memo) else StepState.FAILED


def doubtful(claim: Claim, ask: Any, attempt: models.Attempt, error: Exception) -> Exception:
    """What an unknown outcome becomes: doubt for an unsafe receiver, a retry for the others."""
    cause = f"{type(error).__name__}: {error}"
    if isinstance(error, Unavailable):
        breaking.record_failure(ask.destination, cause)
    if ask.receiver is Receiver.UNSAFE:
        settle(claim, attempt, StepState.IN_DOUBT, error=cause)
        return InDoubt(step=attempt.step.name, destination=ask.destination, cause=cause)
    settle(claim, attempt, StepState.STARTED, error=cause)
    return error


def settle(
    claim: Claim,
    attempt: models.Attempt,
    state: StepState,
    *,
    output: Any = None,
    error: str = "",
) -> None:
    """Write an attempt's end, and the step's state if this executor still may. Raises Fenced."""
    ended = {"outcome": state, "error": error, "finished_at": Now()}
    done = {"output": output, "finished_at": Now()} if state == StepState.DONE else {}
    with transaction.atomic():
        models.Attempt.objects.filter(pk=attempt.pk).update(**ended)
    with transaction.atomic():
        ledger.hold(claim.lease, progress=state == StepState.DONE)
        models.Step.objects.filter(pk=attempt.step_id).update(state=state, error=error, **done)
