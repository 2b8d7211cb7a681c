"""Clockwork of the operation itself."""

from celery import shared_task
from django.conf import settings

from apps.ops.services import retention


@shared_task(ignore_result=True, soft_time_limit=100, time_limit=120)
def forget_old_runs() -> None:
    """Forget runs that ended long ago. What the time does not suffice for, the next hour does."""
    retention.forget_old(days=settings.RUNS_KEPT_DAYS)
