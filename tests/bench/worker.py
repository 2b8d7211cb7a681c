"""The product's Celery app with the measured work: `celery -A tests.bench.worker worker`."""

import django

django.setup()

import tests.bench.plain  # noqa: E402
import tests.bench.stories  # noqa: E402, F401
from supportcoord.celery import app  # noqa: E402

__all__ = ["app"]
