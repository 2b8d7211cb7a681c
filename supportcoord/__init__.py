"""The composition root: settings, addresses, the Celery app, error mapping, checks."""

from supportcoord.celery import app as celery_app

__all__ = ["celery_app"]
