"""Driving the engine without a broker: what the coordinator and a worker would do."""

from apps.coordination import ledger, runtime
from apps.coordination.models import Run


def drain(most: int = 200) -> int:
    """Advance every due run until none is left; returns how many turns that took.

    Whom to advance is the coordinator's own question, asked as if each wake-up so far were lost.
    """
    for turns in range(most):
        Run.objects.exclude(signalled_at=None).update(signalled_at=None)
        if not advance_one():
            return turns
    raise AssertionError("The engine did not come to rest.")


def advance_one() -> bool:
    """Advance the first due run that can be had; False when there is none."""
    while due := ledger.take_due(limit=1):
        if runtime.advance(run_id=due[0]):
            return True
    return False


def only_run(**fields) -> Run:
    """The one run there is, fresh from the database."""
    return Run.objects.get(**fields)
