"""Outside calls: the intent commits first, then the call, then its outcome."""

import time
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from apps.coordination import ledger, memory
from apps.coordination.codec import decode, digest, encode, result_type
from apps.coordination.rules import CALL_MARGIN, OUTAGE
from apps.coordination.services import breaking
from apps.coordination.services.stepping import NonDeterminism, remembered
from apps.coordination.services.turning import Turn
from apps.coordination.states import DOUBTFUL, StepState
from apps.coordination.types import Intent, Memo, Receiver, Unasked
from apps.core.errors import OutcomeUnknown, Refused, Unavailable
from apps.core.text import storable


class InDoubt(Refused):
    """Nobody knows whether an unsafe call was done, so it is not repeated without a person."""

    message = "Step {step}: whether {destination} did it is not known. {cause}"


class StoodStill(Unavailable):
    """This process was stopped between the intent and the call; nobody was asked."""

    counts = False
    message = "{destination} was not asked: the worker stood still for too long."


class CannotBeSettled(Refused):
    """A person said that a call was done, but the story needs its answer."""

    message = "Step {step}: somebody must ask {destination}, for its answer is needed."


UNSETTLED = "cannot_be_settled"
"""The code of CannotBeSettled; such a call is asked again when its run is run again."""


def call(
    turn: Turn, place: int, name: str, ask: Any, values: dict[str, Any], *, needed: bool = True
) -> Any:
    """Ask the outside once, or again as its receiver permits; remembers the answer.

    ``needed`` says whether the story goes on with the answer. Raises Unavailable (try again
    later), Refused, InDoubt, or BreakerOpen.
    """
    hint = result_type(ask.function)
    input_hash = digest(values)
    memo = remembered(turn.claim, place, name, input_hash)
    if memo and memo.state == StepState.DONE:
        return answer_of(memo, hint, ask) if needed else None
    turn.patience = ask.patience
    asking = Asking(turn, name, ask, values, memo)
    if unsure(memo) and ask.receiver is Receiver.UNSAFE:
        raise InDoubt(step=name, destination=asking.destination, cause="An attempt never ended.")
    turn.make_time(asking.lasts)
    asking.health = breaking.health_of(asking.destination)
    if asking.health.is_open:
        turn.commit()
        asking.probe = breaking.pass_or_raise(asking.destination, lasts=asking.lasts)
    asking.write_intent(place, input_hash)
    output = encode(asking.asked())
    asking.answer(output)
    asking.tell_breaker()
    turn.patience = OUTAGE
    return decode(hint, output)


def answer_of(memo: Memo, hint: Any, ask: Any) -> Any:
    """What a finished call returned, or what it stands for since a person settled it."""
    if memo.output is None and ask.settled is not None:
        return ask.settled
    try:
        return decode(hint, memo.output)
    except ValueError as error:
        if memo.output is not None:
            raise NonDeterminism(
                place=memo.position,
                met=f"{memo.name} with an answer of another form",
                remembered=memo.name,
            ) from error
        raise CannotBeSettled(step=memo.name, destination=ask.destination) from error


def unsure(memo: Memo | None) -> bool:
    """An earlier attempt began, and its outcome was never written down."""
    return memo is not None and memo.state in DOUBTFUL


def state_after_a_no(memo: Memo | None) -> StepState:
    """A no answers this attempt; what an earlier one did may still not be known."""
    return StepState.STARTED if unsure(memo) else StepState.FAILED


class Asking:
    """One attempt at one outside call: its intent, its question, its outcome."""

    def __init__(
        self, turn: Turn, name: str, ask: Any, values: dict[str, Any], memo: Memo | None
    ) -> None:
        self.turn, self.name, self.ask, self.values, self.memo = turn, name, ask, values, memo
        self.destination = ask.destination.format(**values)[: ledger.LONGEST_NAME]
        self.intent = Intent(
            key=f"{turn.claim.lease.run_id}:{name}",
            attempt=(memo.attempts if memo else 0) + 1,
            timeout=ask.timeout,
        )
        asks = 2 if ask.receiver is Receiver.RECONCILABLE else 1
        self.lasts = timedelta(seconds=asks * ask.timeout) + CALL_MARGIN
        self.health, self.heard = breaking.Health(), False
        self.probe: datetime | None = None

    def write_intent(self, place: int, input_hash: str) -> None:
        """Commit what is about to be asked, under the step's one key."""
        self.intended = time.monotonic()
        with self.turn.writing(seconds=self.lasts.total_seconds(), progress=False):
            self.step, self.attempt = memory.begin_call(
                self.turn.claim.lease,
                name=self.name,
                position=place,
                input_hash=input_hash,
                idem_key=self.intent.key,
                destination=self.destination,
                attempts=self.intent.attempt,
                request=encode(self.values),
            )
        self.turn.commit()

    def asked(self) -> Any:
        """Ask, and write down what kind of failure it was when it was one."""
        try:
            return self.answered()
        except OutcomeUnknown as error:
            raise self.doubtful(error) from error
        except Unavailable as error:
            self.settle(state_after_a_no(self.memo), error=str(error))
            self.heard = error.answered
            self.tell_breaker(error)
            raise
        except Refused as error:
            self.settle(state_after_a_no(self.memo), error=str(error))
            self.heard = error.answered
            self.tell_breaker()
            raise
        except Exception as error:
            raise self.doubtful(error) from error

    def answered(self) -> Any:
        """What the receiver says; one that can be asked what it has is asked that first.

        A process that stood still since its lease was seen to be long enough asks nothing: others
        may have the run.
        """
        if time.monotonic() - self.intended > CALL_MARGIN.total_seconds():
            raise StoodStill(destination=self.destination)
        answer = None
        try:
            if self.memo and self.ask.reconcile:
                answer = self.ask.reconcile(self.intent, **self.values)
            if answer is None:
                answer = self.ask.function(self.intent, **self.values)
        except Unasked as known:
            return known.answer
        self.heard = True
        return answer

    def tell_breaker(self, error: Exception | None = None) -> None:
        """Count a failure, or an answer. What says nothing of the destination changes nothing."""
        if isinstance(error, Unavailable) and error.counts:
            breaking.record_failure(self.destination, str(error))
        elif self.heard and self.health.is_failing:
            breaking.record_success(self.destination)
        elif self.probe:
            breaking.leave_to_others(self.destination, probe=self.probe)

    def doubtful(self, error: Exception) -> Exception:
        """What an unknown outcome becomes: doubt for an unsafe receiver, a retry for others."""
        known = error.facts.get("cause") if isinstance(error, OutcomeUnknown) else None
        cause = str(known or f"{type(error).__name__}: {error}")
        self.tell_breaker(error)
        if self.ask.receiver is Receiver.UNSAFE:
            self.settle(StepState.IN_DOUBT, error=cause)
            return InDoubt(step=self.name, destination=self.destination, cause=cause)
        self.settle(StepState.STARTED, error=cause)
        return error

    def answer(self, output: Any) -> None:
        """Remember what the receiver said. Raises Fenced.

        An unsafe receiver's answer commits at once: what is lost ends in doubt. Another's may
        commit with the steps that follow; lost in a crash, it is asked for again under its key.
        """
        self.settle(
            StepState.DONE,
            output=output,
            durable=self.ask.receiver is Receiver.UNSAFE or self.health.is_failing,
        )

    def settle(
        self, state: StepState, *, output: Any = None, error: str = "", durable: bool = True
    ) -> None:
        """Write the attempt's end, and the step's state if this executor still may.

        Raises Fenced when it may not; the attempt's end is evidence, and is kept all the same.
        """
        ended = {"state": state, "output": output, "error": storable(error)}
        write = partial(memory.end_call, self.step, self.attempt, **ended)
        try:
            with self.turn.writing(progress=state == StepState.DONE, settling=True):
                write()
        except ledger.Fenced:
            memory.end_attempt(self.attempt, state=state, error=storable(error))
            raise
        if durable:
            self.turn.commit()
        else:
            self.turn.answer = write
