"""Driving the engine from one process until it rests: seeding, drills."""

import time

from django.db.models.functions import Now

from apps.coordination import runtime
from apps.coordination.models import Run
from apps.coordination.states import LIVE, RunState
from apps.core.errors import Unavailable

PATIENCE = 60.0
PAUSE = 0.05


class Restless(Unavailable):
    """The engine still works, or somebody else holds its runs."""

    message = "The engine did not come to rest within {seconds:.0f} s; {runs} runs are still due."


def run_to_rest(*, patience: float = PATIENCE) -> int:
    """Carry on every run that is due until none is left; returns how many turns that took.

    Runs that wait for somebody, for a later moment, or behind a dead letter are at rest. Others
    may work at the same time: what they hold is waited for. Raises Restless.
    """
    until, turns = time.monotonic() + patience, 0
    while due := due_runs():
        advanced = sum(runtime.advance(run_id=run_id) for run_id in due)
        turns += advanced
        if not advanced:
            if not in_other_hands():
                break
            if time.monotonic() > until:
                raise Restless(seconds=patience, runs=len(due))
            time.sleep(PAUSE)
    return turns


def due_runs() -> list[int]:
    """Runs that could go on now, the oldest first."""
    due = Run.objects.filter(state__in=LIVE, due_at__lte=Now()).order_by("pk")
    return list(due.values_list("pk", flat=True)[:500])


def in_other_hands() -> bool:
    """Whether another process holds a run now."""
    return Run.objects.filter(state=RunState.RUNNING, lease_until__gt=Now()).exists()
