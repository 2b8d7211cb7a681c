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

    message = "The engine did not rest within {seconds:.0f} s; runs in other hands: {runs}."


def run_to_rest(*, patience: float = PATIENCE) -> int:
    """Carry on every run that is due until none is left; returns how many turns that took.

    Runs that wait for somebody, for a later moment, or behind a dead letter are at rest. Others
    may work at the same time: what they hold is waited for, and what a process held that died
    is carried on when its lease is over. Raises Restless.
    """
    until, turns = time.monotonic() + patience, 0
    while True:
        advanced = sum(runtime.advance(run_id=run_id) for run_id in due_runs())
        turns += advanced
        if advanced:
            continue
        held = runs_in_other_hands()
        if not held:
            return turns
        if time.monotonic() > until:
            raise Restless(seconds=patience, runs=held)
        time.sleep(PAUSE)


def due_runs() -> list[int]:
    """Runs that could go on now, the oldest first."""
    due = Run.objects.filter(state__in=LIVE, due_at__lte=Now()).order_by("pk")
    return list(due.values_list("pk", flat=True)[:500])


def runs_in_other_hands() -> int:
    """How many runs other processes hold now, or held until they died."""
    return Run.objects.filter(state=RunState.RUNNING).count()
