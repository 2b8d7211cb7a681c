"""The engine's one task, and what is done when the process under it dies."""

import os
from typing import Any

from celery import Task, shared_task
from celery.exceptions import WorkerLostError
from celery.signals import task_failure
from django.db import connection

from apps.coordination import runtime
from apps.coordination.hints import ADVANCE
from apps.coordination.queries import holders
from apps.core.text import storable

BIGGEST_ID = 2**63


@shared_task(name=ADVANCE, ignore_result=True, bind=True)
def advance(task: Task, run_id: int) -> None:
    """Carry a run on, if it is due and free. A forged wake-up may say anything."""
    if not isinstance(run_id, int) or not 0 < run_id < BIGGEST_ID:
        return
    runtime.advance(run_id=run_id, owner=runtime.executor(short(task.request.id)))


@task_failure.connect
def when_a_child_dies(task_id: str, exception: Exception, **_: Any) -> None:
    """In the worker's parent: a child was killed, so its lease need not run out first."""
    if isinstance(exception, WorkerLostError):
        try:
            for owner in holders(starts=f"{runtime.HOST}:", ends=f":{short(task_id)}"):
                if is_gone(process=int(owner.split(":")[1])):
                    runtime.let_go(owner=owner)
        finally:
            connection.close()


def short(task_id: str | None) -> str:
    """A task's number as a lease carries it."""
    return storable(task_id or "")[:36]


def is_gone(*, process: int) -> bool:
    """Whether no process of this machine has that number (any more)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False
