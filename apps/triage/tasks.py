"""Clockwork for triage. A task reads the clock, calls a service, and ends."""

from celery import shared_task
from django.utils import timezone

from apps.triage.services import training


@shared_task(soft_time_limit=110, time_limit=115)
def train_first_model() -> None:
    """Give a new desk its labels and its first model; anywhere else, look and leave."""
    training.ensure_trained(at=timezone.now())
