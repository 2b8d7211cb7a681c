"""How late the engine is: the one number that grows with every stall, whatever its cause."""

from apps.coordination.ledger import HELD_BACK
from apps.core.db import rows

LATE = 20.0
"""Seconds that call for a person; a lost wake-up costs 9 of an idle desk."""

STALLED = 60.0
"""Seconds after which the engine counts as standing still, and not as busy."""

OLDEST_DUE = f"""
    SELECT COALESCE(EXTRACT(epoch FROM max(
               clock_timestamp() - GREATEST(due.due_at, due.freed_at))), 0)
      FROM (SELECT r.due_at, (
                SELECT max(b.finished_at) FROM (
                    SELECT finished_at FROM coordination_run o
                     WHERE o.serial_key = r.serial_key ORDER BY o.id DESC LIMIT 10) b) AS freed_at
              FROM coordination_run r
             WHERE r.state IN ('ready', 'running', 'waiting') AND r.due_at <= statement_timestamp()
               AND (r.state = 'running' OR (
                    NOT EXISTS (SELECT 1 FROM coordination_run o
                                 WHERE o.serial_key = r.serial_key AND o.state = 'running')
                    AND NOT {HELD_BACK}))
             ORDER BY r.due_at LIMIT 200) due"""  # noqa: S608 - composed of constants


def oldest_due() -> float:
    """For how many seconds some run could have gone on, and did not.

    Runs that wait, back off, or stand behind another run of their key are in nobody's debt. A
    run in a worker's hands is due when its lease runs out: a frozen worker's within 35 s. One
    that stood behind another counts from the moment that one ended.
    """
    return float(rows(OLDEST_DUE, {})[0][0])
