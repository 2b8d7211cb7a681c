"""The coordinator's turn: signal what is due, tick the clockwork, show that it is alive."""

import os
import socket
from collections.abc import Mapping
from datetime import timedelta

from django.db.models.functions import Now

from apps.coordination import hints, ledger
from apps.coordination.models import Heartbeat
from apps.core.db import rows

MOST_SIGNALS = 500
FULL_BACKLOG = 2000
SECONDS_A_HINT = 0.02


def sweep(*, limit: int = MOST_SIGNALS) -> int:
    """Signal due runs that nobody holds; returns how many were signalled.

    Lost hints, lost leases, timers and retries are all this one query. A hint that still lies in
    the broker's queue is not lost: the longer that is, the later is a run signalled again. While
    it is very long nothing is added, and what could not be sent counts as not signalled.
    """
    backlog = hints.backlog()
    if backlog > FULL_BACKLOG:
        return 0
    due = ledger.take_due(limit=limit, patience=backlog * SECONDS_A_HINT)
    for place, run_id in enumerate(due):
        if not hints.hint(run_id):
            ledger.forget_signals(due[place:])
            return place
    return len(due)


TICK = """
    INSERT INTO coordination_tick AS t (name, next_at)
    VALUES (%(name)s, clock_timestamp() + %(every)s)
    ON CONFLICT (name) DO UPDATE SET next_at = clock_timestamp() + %(every)s
     WHERE t.next_at <= clock_timestamp()
    RETURNING name"""


def tick_clockwork(clockwork: Mapping[str, timedelta]) -> list[str]:
    """Start each periodic task that is due, once among all coordinators; returns their names."""
    due = [task for task, every in clockwork.items() if rows(TICK, {"name": task, "every": every})]
    for task in due:
        hints.tick(task)
    return due


def beat(*, kind: str) -> None:
    """Write a sign of life of this process."""
    process = f"{kind}:{socket.gethostname()}:{os.getpid()}"
    Heartbeat.objects.update_or_create(process=process, defaults={"kind": kind, "at": Now()})


def forget_old_beats(*, older_than: timedelta = timedelta(hours=1)) -> None:
    """Drop the heartbeats of processes that are long gone."""
    Heartbeat.objects.filter(at__lt=Now() - older_than).delete()
