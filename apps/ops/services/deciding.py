"""Deciding about dead letters, one or many: as they were seen, each with who and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import OperationalError, transaction

from apps.accounts.models import User
from apps.coordination.models import Event, Run
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.coordination.states import PARKED
from apps.coordination.types import RunGivenUp, RunSettledOutside, RunTriedAgain
from apps.core.db import locked
from apps.core.errors import DomainError, Refused, Unavailable
from apps.ops.types import Letter, Verdict

DECIDES: dict[Verdict, Callable[..., Run]] = {
    Verdict.AGAIN: run_again,
    Verdict.DONE: settle_outside,
    Verdict.GIVE_UP: give_up,
}
DECIDED = {
    RunTriedAgain.name: "let it run again",
    RunSettledOutside.name: "marked it as done outside",
    RunGivenUp.name: "gave it up",
}


class ReasonMissing(Refused):
    """What ends a run, or says what nobody saw, needs a reason."""

    message = "Say why: the log keeps it for whoever asks later."


class AlreadyDecided(Refused):
    """Somebody was quicker."""

    message = "{run}: {who} {did}{why}."


class HeldNow(Unavailable):
    """Somebody holds the rows for longer than is waited for."""

    message = "Run {run_id} is held by somebody else just now; decide again in a moment."


class StoppedAnew(Refused):
    """It is not the dead letter that was seen: it went on, and stopped again."""

    message = "{run} went on and stopped anew meanwhile: look at it before you decide."


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many were decided, and one sentence for each that was not."""

    decided: int
    refused: tuple[str, ...]


def decide_letters(*, verdict: Verdict, letters: Sequence[Letter], by: User, why: str) -> Outcome:
    """Decide about each, in a transaction of its own; one that is refused stops no other.

    A second decision changes nothing: it is told who was quicker. Raises ReasonMissing.
    """
    if needs_reason(verdict) and not why:
        raise ReasonMissing
    refused: list[str] = []
    for letter in letters:
        try:
            decide_letter(verdict=verdict, letter=letter, by=by, why=why)
        except DomainError as error:
            refused.append(str(error))
        except OperationalError:
            refused.append(str(HeldNow(run_id=letter.run_id)))
    return Outcome(decided=len(letters) - len(refused), refused=tuple(refused))


def needs_reason(verdict: Verdict) -> bool:
    """Trying again explains itself."""
    return verdict is not Verdict.AGAIN


@transaction.atomic
def decide_letter(*, verdict: Verdict, letter: Letter, by: User, why: str) -> Run:
    """Decide about one dead letter. Raises AlreadyDecided, StoppedAnew, or what its run says."""
    run = locked(Run, letter.run_id)
    if run.state not in PARKED:
        raise AlreadyDecided(run=str(run), **last_decision(run))
    if run.fence != letter.fence:
        raise StoppedAnew(run=str(run))
    return DECIDES[verdict](run_id=run.pk, by=f"user:{by.pk}", why=why)


def last_decision(run: Run) -> dict[str, str]:
    """Who decided last about a run, what, and why, in words."""
    told = Event.objects.filter(stream=run.serial_key, type__in=DECIDED, payload__run_id=run.pk)
    said = told.order_by("-seq").first()
    if said is None:
        return {"who": "the engine", "did": f"went on with it; it is {run.state} now", "why": ""}
    kind, _, number = said.actor.partition(":")
    named = kind == "user" and number.isdecimal()
    known = User.objects.filter(pk=number).first() if named else None
    why = f" (“{said.why}”)" if said.why else ""
    return {"who": str(known or said.actor), "did": DECIDED[said.type], "why": why}
