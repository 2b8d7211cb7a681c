"""What executors write of steps and attempts: what a run remembers, and what it asked.

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


def write_step(lease: Lease, **step: Any) -> int:
    """Write down a step's new state under the fence of its run; the caller holds the run."""
    return int(rows(WRITE_STEP, step_values(lease, **step))[0][0])


def step_values(
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
) -> dict[str, Any]:
    """A step as the columns of its row."""
    return {
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


BEGIN_CALL = f"""
    WITH step AS ({WRITE_STEP})
    INSERT INTO coordination_attempt (step_id, number, fence, request, outcome, error, started_at)
    SELECT step.id, %(attempts)s, %(fence)s, %(request)s, '', '', statement_timestamp() FROM step
    RETURNING step_id, id"""  # noqa: S608 - composed of constants


def begin_call(lease: Lease, *, request: Any, **step: Any) -> tuple[int, int]:
    """Write down what the outside is about to be told; returns the step and the attempt."""
    values = step_values(lease, state=StepState.STARTED, kind=StepKind.CALL, **step)
    ((step_id, attempt),) = rows(BEGIN_CALL, values | {"request": Jsonb(request)})
    return step_id, attempt


END_ATTEMPT = """
    UPDATE coordination_attempt
       SET outcome = %(state)s, error = %(error)s, finished_at = statement_timestamp()
     WHERE id = %(attempt)s RETURNING id"""


def end_attempt(attempt: int, *, state: StepState, error: str) -> None:
    """Keep what came of an attempt, whoever holds the run by now."""
    rows(END_ATTEMPT, {"attempt": attempt, "state": state.value, "error": error})


END_CALL = f"""
    WITH attempt AS ({END_ATTEMPT})
    UPDATE coordination_step
       SET state = %(state)s, output = %(output)s, error = %(error)s,
           finished_at = CASE WHEN %(done)s THEN statement_timestamp() END
     WHERE id = %(step)s RETURNING id"""  # noqa: S608 - composed of constants


def end_call(step: int, attempt: int, *, state: StepState, output: Any, error: str) -> None:
    """Write down what came of a call; the caller holds the run."""
    values = {
        "step": step,
        "attempt": attempt,
        "state": state.value,
        "output": None if output is None else Jsonb(output),
        "error": error,
        "done": state == StepState.DONE,
    }
    rows(END_CALL, values)
