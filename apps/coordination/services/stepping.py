"""Remembered steps: database work, waits and sleeps, each done once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from apps.coordination import ledger, memory, models
from apps.coordination.codec import decode, digest, encode, result_type
from apps.coordination.events import acting
from apps.coordination.services.turning import Suspended, Turn
from apps.coordination.states import RunState, StepKind, StepState
from apps.coordination.types import EVENT_TYPES, Claim, Event, Heard, Memo
from apps.core.errors import Refused

T = TypeVar("T")

FIRST_UNDO = 1_000_000
"""Undo steps stand behind all others: a step's undo has its place plus this."""


class NonDeterminism(Refused):
    """The story met other steps than the run remembers."""

    message = "At place {place} the story says {met}, the run remembers {remembered}."


def remembered(claim: Claim, place: int, name: str, input_hash: str) -> Memo | None:
    """The memo of this step, or None; raises NonDeterminism when the story has changed."""
    memo = claim.memo_at(place)
    if memo is None:
        return None
    if (memo.name, memo.input_hash) != (name, input_hash):
        told = memo.name if memo.name != name else f"{memo.name} with other values"
        raise NonDeterminism(place=place, met=name, remembered=told)
    return memo


def check_all_told(claim: Claim, places: int) -> None:
    """Raise NonDeterminism when a story of so many steps ends before one that is remembered."""
    for memo in claim.memos:
        if places < memo.position < FIRST_UNDO and memo.state == StepState.DONE:
            raise NonDeterminism(place=memo.position, met="nothing", remembered=memo.name)


def actor_of(claim: Claim, name: str) -> dict[str, Any]:
    """Who causes what a step publishes."""
    return {
        "actor": f"flow:{claim.flow}",
        "run_id": claim.lease.run_id,
        "step": name,
        "trace_id": claim.trace_id,
    }


def transact(
    turn: Turn, place: int, name: str, service: Callable[..., T], *args: Any, **values: Any
) -> T:
    """Do a service once: fence check, writes, events and memo in one transaction.

    The transaction stays open for the steps that follow at once; see ``Turn``.
    """
    hint = result_type(service)
    input_hash = digest([list(args), values])
    memo = remembered(turn.claim, place, name, input_hash)
    if memo and memo.state == StepState.DONE:
        return decode(hint, memo.output)  # type: ignore[no-any-return]
    with turn.writing(locks=True):
        with acting(**actor_of(turn.claim, name)):
            output = encode(service(*args, **values))
        finish(turn.claim, place, name, StepKind.TRANSACT, input_hash, output)
    return decode(hint, output)  # type: ignore[no-any-return]


def finish(
    claim: Claim, place: int, name: str, kind: StepKind, input_hash: str, output: Any
) -> None:
    """Remember a step as done."""
    memory.write_step(
        claim.lease,
        name=name,
        kind=kind,
        position=place,
        state=StepState.DONE,
        input_hash=input_hash,
        output=output,
    )


def wait(
    turn: Turn,
    place: int,
    name: str,
    events: tuple[type[Event], ...],
    within: timedelta | None,
    matching: dict[str, Any],
) -> Any:
    """Return the awaited event, or None when its time is over; else put the run down."""
    claim = turn.claim
    names = [event.name for event in events]
    match = encode(matching)
    input_hash = digest([names, match])
    memo = remembered(claim, place, name, input_hash)
    if memo and memo.state == StepState.DONE:
        return revived(memo.output)
    with turn.writing(locks=True):
        ledger.lock_stream(claim.key)
        now = ledger.database_now()
        due_at = memo.due_at if memo else (now + within if within is not None else None)
        heard = first_heard(claim, names, match)
        if over := heard is not None or (due_at is not None and due_at <= now):
            finish(claim, place, name, StepKind.WAIT, input_hash, encode(heard))
        else:
            put_down(claim, place, name, StepKind.WAIT, input_hash, due_at)
            waiting = {"due_at": due_at, "waits_for": names, "match": match}
            ledger.release(claim.lease, to=RunState.WAITING, **waiting)
    if not over:
        turn.commit()
        raise Suspended
    return revived(encode(heard))


def sleep(turn: Turn, place: int, name: str, until: datetime) -> None:
    """Return once the database's clock says ``until``; before that, put the run down."""
    input_hash = digest([until])
    memo = remembered(turn.claim, place, name, input_hash)
    if memo and memo.state == StepState.DONE:
        return
    with turn.writing():
        if over := until <= ledger.database_now():
            finish(turn.claim, place, name, StepKind.SLEEP, input_hash, None)
        else:
            put_down(turn.claim, place, name, StepKind.SLEEP, input_hash, until)
            ledger.release(turn.claim.lease, to=RunState.WAITING, due_at=until)
    if not over:
        turn.commit()
        raise Suspended


def put_down(
    claim: Claim,
    place: int,
    name: str,
    kind: StepKind,
    input_hash: str,
    due_at: datetime | None,
) -> None:
    """Remember a wait as begun."""
    memory.write_step(
        claim.lease,
        name=name,
        kind=kind,
        position=place,
        state=StepState.STARTED,
        input_hash=input_hash,
        due_at=due_at,
    )


def first_heard(claim: Claim, names: list[str], match: dict[str, Any]) -> Heard | None:
    """The first matching event after the run's start and after the last one it waited for."""
    waits = models.Step.objects.filter(
        run_id=claim.lease.run_id, kind=StepKind.WAIT, state=StepState.DONE, output__type__in=names
    )
    last = max([claim.key_seq, *waits.values_list("output__seq", flat=True)])
    log = models.Event.objects.filter(
        stream=claim.key, seq__gt=last, type__in=names, payload__contains=match
    )
    found = log.order_by("seq").values("seq", "type", "payload", "at").first()
    return Heard(**found) if found else None


def revived(output: dict[str, Any] | None) -> Event | None:
    """The event that a wait remembers."""
    if output is None:
        return None
    event: Event = decode(EVENT_TYPES[output["type"]], output["payload"])
    return event
