"""Forgetting what is over: finished runs and old answers, a little at a time."""

from datetime import timedelta
from typing import Any

from apps.core.db import rows

BATCH = 500
ANSWERS_KEPT = timedelta(days=30)
"""A caller may repeat a request for this long, however soon runs are forgotten."""

RUNS = """
    WITH old AS (
        SELECT r.id, r.finished_at FROM coordination_run r
         WHERE r.state IN ('done', 'cancelled')
           AND r.finished_at < statement_timestamp() - %(age)s AND r.finished_at >= %(after)s
           AND NOT EXISTS (SELECT 1 FROM coordination_run o
                            WHERE o.serial_key = r.serial_key
                              AND o.state IN ('ready', 'running', 'waiting', 'dead', 'in_doubt')
                              AND o.input->>'run_id' = r.id::text)
         ORDER BY r.finished_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
    attempts AS (
        DELETE FROM coordination_attempt a USING coordination_step s, old
         WHERE a.step_id = s.id AND s.run_id = old.id),
    steps AS (DELETE FROM coordination_step s USING old WHERE s.run_id = old.id)
    DELETE FROM coordination_run r USING old WHERE r.id = old.id RETURNING r.finished_at"""
"""Not a run that an unfinished one is about, such as the one that tells of its parking."""

ANSWERS = """
    WITH old AS (
        SELECT id, at FROM coordination_inbox
         WHERE at < statement_timestamp() - %(age)s AND at >= %(after)s
           AND source != ALL(%(kept)s)
         ORDER BY at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    DELETE FROM coordination_inbox i USING old WHERE i.id = old.id RETURNING i.at"""


def forget_runs(*, older_than: timedelta, batch: int = BATCH) -> int:
    """Remove runs that finished longer ago, with their steps and attempts; returns how many.

    Unfinished and parked runs and all events stay. Each batch is one statement and its own
    transaction, and passes over what somebody holds: it may be stopped anywhere.
    """
    return forget(RUNS, {"age": older_than, "limit": batch})


def forget_answers(*, older_than: timedelta, kept: list[str], batch: int = BATCH) -> int:
    """Remove what callers were answered longer ago, at least ``ANSWERS_KEPT``; returns how many.

    ``kept`` are sources whose rows are for ever.
    """
    age = max(older_than, ANSWERS_KEPT)
    return forget(ANSWERS, {"age": age, "limit": batch, "kept": kept})


def forget(sql: str, params: dict[str, Any]) -> int:
    """Remove batch after batch, each from where the last one ended."""
    after: Any = "-infinity"
    count = 0
    while gone := rows(sql, params | {"after": after}):
        count += len(gone)
        after = max(at for (at,) in gone)
    return count
