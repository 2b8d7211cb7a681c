"""The engine's one task."""

from celery import shared_task

from apps.coordination import runtime
from apps.coordination.hints import ADVANCE


@shared_task(name=ADVANCE, ignore_result=True)
def advance(run_id: int) -> None:
    """Carry a run on, if it is due and free."""
    runtime.advance(run_id=run_id)
