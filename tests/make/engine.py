"""Driving the engine without a broker: what the coordinator and a worker would do."""

from apps.coordination import ledger, runtime
from apps.coordination.models import Run
from apps.core.db import rows


def drain(most: int = 200) -> int:
    """Advance every due run until none is left; returns how many turns that took."""
    for turns in range(most):
        due = ledger.take_due(limit=1) or unsignalled()
        if not due:
            return turns
        runtime.advance(run_id=due[0])
    raise AssertionError("The engine did not come to rest.")


def unsignalled() -> list[int]:
    """Due runs that were signalled a moment ago and wait for that hint."""
    sql = f"""
        SELECT r.id FROM coordination_run r
         WHERE r.state IN ('ready', 'waiting') AND r.due_at <= clock_timestamp()
           AND NOT EXISTS (SELECT 1 FROM coordination_run o
                            WHERE o.serial_key = r.serial_key AND o.state = 'running')
           AND NOT {ledger.HELD_BACK}
         ORDER BY r.id LIMIT 1"""
    return [run_id for (run_id,) in rows(sql, {})]


def only_run(**fields) -> Run:
    """The one run there is, fresh from the database."""
    return Run.objects.get(**fields)
