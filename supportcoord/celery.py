"""The Celery app: `celery -A supportcoord worker`. It carries wake-ups and nothing else."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportcoord.settings")

app = Celery("supportcoord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
