"""The product's Celery app with the stories of the tests: `celery -A tests.make.worker worker`."""

import django

django.setup()

import tests.make.anvils  # noqa: E402
import tests.make.stories  # noqa: E402, F401
from supportcoord.celery import app  # noqa: E402

__all__ = ["app"]
