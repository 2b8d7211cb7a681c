"""The one module that writes steps and attempts: what a run remembers, and what it asked.

Whoever writes here holds the run (``ledger.hold``) in the same transaction; an attempt's end is
evidence alone, and is kept also when the run has passed into other hands.
"""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from apps.coordination.models import Step
from apps.coordination.states import StepKind, StepState
from apps.coordination.types import Lease, Memo
from apps.core.db import rows


def memos(run_id: int) -> tuple[Memo, ...]:
    """What a run remembers of its steps, in order."""
    fields = ("name", "kind", "position", "state", "input_hash", "output", "attempts", "due_at")
    steps = Step.objects.filter(run_id=run_id).order_by("position").values(*fields)
    return tuple(Memo(**step) for step in steps)


WRITE_STEP = """
    INSERT INTO coordination_step AS s
           (run_id, name, kind, position, state, input_hash, output, idem_key, destination,
            attempts, fence, due_at, started_at, finished_at, error)
    VALUES (%(run)s, %(name)s, %(kind)s, %(position)s, %(state)s, %(input_hash)s, %(output)s,
            %(idem_key)s, %(destination)s, %(attempts)s, %(fence)s, %(due_at)s,
            statement_timestamp(), CASE WHEN %(done)s THEN statement_timestamp() END, '')
    ON CONFLICT (run_id, name) DO UPDATE
       SET position = EXCLUDED.position, state = EXCLUDED.state, output = EXCLUDED.output,
           input_hash = EXCLUDED.input_hash, attempts = EXCLUDED.attempts, error = '',
           fence = EXCLUDED.fence, due_at = EXCLUDED.due_at, finished_at = EXCLUDED.finished_at
    RETURNING id"""


def write_step(
    lease: Lease,
    *,
    name: str,
    kind: StepKind,
    position: int,
    state: StepState,
    input_hash: str,
    output: Any = None,
    idem_key: str = "",
    destination: str = "",
    attempts: int = 0,
    due_at: datetime | None = None,
) -> int:
    """Write down a step's new state under the fence of its run; the caller holds the run."""
    values = {
        "run": lease.run_id,
        "fence": lease.fence,
        "name": name,
        "kind": kind.value,
        "position": position,
        "state": state.value,
        "input_hash": input_hash,
        "output": None if output is None else Jsonb(output),
        "idem_key": idem_key,
        "destination": destination,
        "attempts": attempts,
        "due_at": due_at,
        "done": state == StepState.DONE,
    }
    return int(rows(WRITE_STEP, values)[0][0])


SETTLE_STEP = """
    UPDATE coordination_step
       SET state = %(state)s, output = %(output)s, error = %(error)s,
           finished_at = CASE WHEN %(done)s THEN statement_timestamp() END
     WHERE id = %(id)s RETURNING id"""


def settle_step(step: int, *, state: StepState, output: Any, error: str) -> None:
    """Write down what came of a call; the caller holds the run."""
    values = {
        "id": step,
        "state": state.value,
        "output": None if output is None else Jsonb(output),
        "error": error,
        "done": state == StepState.DONE,
    }
    rows(SETTLE_STEP, values)


BEGIN_ATTEMPT = """
    INSERT INTO coordination_attempt (step_id, number, fence, request, outcome, error, started_at)
    VALUES (%(step)s, %(number)s, %(fence)s, %(request)s, '', '', statement_timestamp())
    RETURNING id"""


def begin_attempt(lease: Lease, *, step: int, number: int, request: Any) -> int:
    """Write down what the outside is about to be told; the caller holds the run."""
    values = {
        "step": step,
        "number": number,
        "fence": lease.fence,
        "request": Jsonb(request),
    }
    return int(rows(BEGIN_ATTEMPT, values)[0][0])


END_ATTEMPT = """
    UPDATE coordination_attempt
       SET outcome = %(outcome)s, error = %(error)s, finished_at = statement_timestamp()
     WHERE id = %(id)s RETURNING id"""


def end_attempt(attempt: int, *, outcome: StepState, error: str) -> None:
    """Keep what came of an attempt, whoever holds the run by now."""
    rows(END_ATTEMPT, {"id": attempt, "outcome": outcome.value, "error": error})
