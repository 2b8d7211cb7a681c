"""The executor: claims a run, tells its story until it must wait, writes how that ended."""

import logging
import os
import random
import socket
import traceback
from contextlib import suppress
from typing import Any

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from apps.coordination import hints, ledger
from apps.coordination.codec import decode
from apps.coordination.events import publish
from apps.coordination.flows import FlowRun
from apps.coordination.registry import UnknownFlow, registry
from apps.coordination.rules import (
    BUG,
    MISSING_VERSION,
    Patience,
    look_again_after,
    retry_after,
)
from apps.coordination.services.breaking import BreakerOpen
from apps.coordination.services.calling import InDoubt
from apps.coordination.services.turning import GivenUp, Suspended, ToldAlone, Turn
from apps.coordination.services.undoing import unwind
from apps.coordination.states import RunState
from apps.coordination.types import Claim, RunParked
from apps.core.errors import DomainError, Refused, Unavailable
from apps.core.text import storable

log = logging.getLogger(__name__)

HOST = socket.gethostname()[:30]


def executor(task: str = "") -> str:
    """How a lease names who holds it: machine, process, task. Copies of a wake-up are one task."""
    return f"{HOST}:{os.getpid()}:{task}"


def advance(*, run_id: int, owner: str = "") -> bool:
    """Claim a run and carry it on until it ends or must wait; False when it was not to be had.

    Safe to call any number of times, by anybody: a run that is not due, not first of its key or
    in other hands is left alone. ``owner`` is for people, and for ``let_go``.
    """
    claim, owner = None, owner or executor()
    try:
        claim = take(run_id, owner=owner)
        if claim:
            tell(claim)
    except ledger.Fenced:
        log.warning("Run %s was taken over; this process changed nothing more.", run_id)
    except DatabaseError:
        log.exception("Run %s lost the database; another executor takes it up.", run_id)
        connection.close()
        with suppress(DatabaseError):
            let_go(owner=owner)
    finally:
        if claim:
            hint_next(claim.key)
    return claim is not None


def let_go(*, owner: str) -> int:
    """End the leases of an executor that surely writes no more, so that nobody waits for them."""
    return ledger.expire(owner)


def take(run_id: int, *, owner: str) -> Claim | None:
    """Claim a run; where its key lies in dead hands, take it from them first."""
    claim = ledger.claim(run_id, owner=owner)
    if claim is None and ledger.is_lost(run_id) and revoke_lost(run_id):
        claim = ledger.claim(run_id, owner=owner)
    return claim


@transaction.atomic
def revoke_lost(run_id: int) -> bool:
    """Revoke expired leases of the run's key; a poisonous run becomes a dead letter."""
    lost = ledger.revoke(run_id)
    for lost_id, key, flow, state in lost:
        if state == RunState.DEAD:
            event = RunParked(
                key=key, run_id=lost_id, flow=flow, state=state, error_code="worker_lost"
            )
            publish(event, why="Its process died at each attempt.")
    return bool(lost)


def tell(claim: Claim) -> None:
    """Tell the story as far as it comes now, and write down how far that was."""
    turn = Turn(claim)
    while True:
        try:
            return carry_on(turn)
        except Suspended:
            return None
        except ToldAlone:
            turn = turn.again(shares=False, undoing=turn.claim.undoing)
        except GivenUp:
            turn = turn.again(shares=True, undoing=True)
        finally:
            turn.roll_back()


def carry_on(turn: Turn) -> None:
    """Tell the story, or the way back, once; an error chooses the run's fate."""
    claim = turn.claim
    try:
        flow = registry.find(claim.flow, claim.version)
        run = FlowRun(turn, decode(flow.input_type, claim.input))
        if claim.undoing:
            unwind(turn, flow.story, run)
        else:
            flow.story(run)
            run.check_end()
        turn.end(RunState.CANCELLED if claim.undoing else RunState.DONE)
    except ledger.Fenced:
        raise
    except Exception as error:  # noqa: BLE001 - the engine alone catches everything
        end_badly(turn, error)


def end_badly(turn: Turn, error: Exception) -> None:
    """Choose a failed run's fate by the class of its error; what steps did before it stays."""
    reconnect()
    turn.commit()
    claim = turn.claim
    code = error.code if isinstance(error, DomainError) else type(error).__name__
    facts: dict[str, Any] = {
        "error": storable(str(error))[:2000],
        "error_code": code[:60],
        "trace": storable("".join(traceback.format_exception(error)))[-8000:],
    }
    if isinstance(error, BreakerOpen):
        pause = look_again_after(float(error.facts["seconds"]), luck=random.random())  # type: ignore[arg-type]  # noqa: S311
        turn.end(RunState.READY, pause=pause, **facts)
    elif isinstance(error, UnknownFlow) and not claim.undoing:
        try_again(turn, MISSING_VERSION, facts)
    elif isinstance(error, InDoubt):
        park(turn, RunState.IN_DOUBT, facts)
    elif isinstance(error, Refused):
        park(turn, RunState.DEAD, facts)
    else:
        outage = isinstance(error, Unavailable | OperationalError | InterfaceError)
        facts |= {"aside": isinstance(error, Unavailable) and error.answered}
        try_again(turn, turn.patience if outage else BUG, facts)
    log.warning("Run %s (%s) stopped: %s", claim.lease.run_id, claim.flow, facts["error_code"])


def reconnect() -> None:
    """Drop a connection that no longer answers, so that the next statement opens another."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()


def park(turn: Turn, state: RunState, facts: dict[str, Any]) -> None:
    """Put a run before an operator, and let the rest of the product hear of it."""
    with turn.writing(progress=False):
        lay_down(turn.claim, state, facts)
    turn.commit()


def lay_down(claim: Claim, state: RunState, facts: dict[str, Any]) -> None:
    """Write a run's stop and its event; the caller holds the run."""
    ledger.release(claim.lease, to=state, **facts)
    event = RunParked(
        key=claim.key,
        run_id=claim.lease.run_id,
        flow=claim.flow,
        state=state,
        error_code=facts["error_code"],
    )
    publish(event, actor=f"flow:{claim.flow}", why=facts["error"])


def try_again(turn: Turn, patience: Patience, facts: dict[str, Any]) -> None:
    """Make the run due later, or a dead letter once patience is at its end.

    A version that has arrived is forgiven its absence; other errors count on whatever they are.
    """
    with turn.writing(progress=False) as held:
        arrived = held.error_code == "unknown_flow" != facts["error_code"]
        attempts = 1 if arrived else held.attempts + 1
        facts |= {"attempts": attempts}
        pause = retry_after(patience, attempts=attempts, luck=random.random())  # noqa: S311
        if pause is None:
            lay_down(turn.claim, RunState.DEAD, facts)
        else:
            ledger.release(turn.claim.lease, to=RunState.READY, pause=pause, **facts)
    turn.commit()


def hint_next(key: str) -> None:
    """Wake a worker for the next run of this key, best effort."""
    try:
        run_id = ledger.next_of_key(key)
    except DatabaseError:
        return
    if run_id is not None:
        transaction.on_commit(lambda: hints.hint(run_id), robust=True)
