"""The engine's one task, and what is done when the process under it dies."""

import socket
from typing import Any

from celery import Task, shared_task
from celery.exceptions import WorkerLostError
from celery.signals import task_failure
from django.db import connection

from apps.coordination import runtime
from apps.coordination.hints import ADVANCE

BIGGEST_ID = 2**63


def owner_of(task_id: str) -> str:
    """How a lease names the task that holds it."""
    return f"{socket.gethostname()[:40]}:{task_id}"


@shared_task(name=ADVANCE, ignore_result=True, bind=True)
def advance(task: Task, run_id: int) -> None:
    """Carry a run on, if it is due and free. A forged wake-up may say anything."""
    if not isinstance(run_id, int) or not 0 < run_id < BIGGEST_ID:
        return
    runtime.advance(run_id=run_id, owner=owner_of(task.request.id or ""))


@task_failure.connect
def when_a_child_dies(task_id: str, exception: Exception, **_: Any) -> None:
    """In the worker's parent: a child was killed, so its lease need not run out first."""
    if isinstance(exception, WorkerLostError):
        try:
            runtime.let_go(owner=owner_of(task_id))
        finally:
            connection.close()
