"""Clockwork of the orders."""

from celery import shared_task
from django.utils import timezone

from apps.orders.services import refreshing


@shared_task(ignore_result=True, soft_time_limit=90, time_limit=120)
def refresh_stale_orders() -> None:
    """Ask for open orders whose facts have grown old."""
    refreshing.refresh_stale_orders(at=timezone.now())
