"""Clockwork for reviews. A task reads the clock, calls a service, and ends."""

from celery import shared_task

from apps.coordination.events import moment
from apps.review import services


@shared_task(soft_time_limit=20, time_limit=30)
def expire_overdue() -> None:
    """Take back questions whose flow has died."""
    services.expire_overdue(at=moment())
