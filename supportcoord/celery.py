"""The Celery app: `celery -A supportcoord worker`. It carries wake-ups and nothing else."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_init
from kombu.transport.redis import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportcoord.settings")

app = Celery("supportcoord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# What a worker holds when it loses its broker is not put back: that would go through the lost
# connection, and may end the worker. The coordinator signals again whatever was not begun.
Channel.do_restore = False


@worker_init.connect
def refuse_to_lose(**_: Any) -> None:
    """Start no worker on a database that may lose what it acknowledged."""
    from django.db import connection  # noqa: PLC0415 - settings stand only now

    from apps.coordination.services.safety import (  # noqa: PLC0415
        UnsafeDatabase,
        refuse_unsafe_database,
    )

    try:
        refuse_unsafe_database()
    except UnsafeDatabase as error:
        raise SystemExit(str(error)) from None
    finally:
        connection.close()


@task_prerun.connect
def look_after_connections(**_: Any) -> None:
    """Keep a connection from task to task while it is young and sound, as requests do."""
    from django.db import close_old_connections, connections  # noqa: PLC0415 - only now

    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            # The task before was struck down in the middle of a transaction.
            connection.close()
            del connections[connection.alias]
    close_old_connections()
