"""Clockwork for promises. A task reads the clock, calls a service, and ends."""

from celery import shared_task

from apps.coordination.events import moment
from apps.escalation import services


@shared_task(soft_time_limit=50, time_limit=55)
def check_promises() -> None:
    """Escalate what the watching flows have missed."""
    services.check_promises(at=moment())
