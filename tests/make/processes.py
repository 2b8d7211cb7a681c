"""Real processes of the product over the database of the tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[2]
WORKER = ["-m", "celery", "-A", "tests.make.worker", "worker", "-c", "2", "-l", "WARNING"]
WORKER += ["--without-gossip", "--without-mingle"]
COORDINATOR = ["manage.py", "coordinator"]


def environment() -> dict[str, str]:
    """The environment of the tests, over their own database."""
    base, _, _ = os.environ["DATABASE_URL"].partition("?")
    head, _, _ = base.rpartition("/")
    options = os.environ["DATABASE_URL"][len(base) :]
    name = connection.settings_dict["NAME"]
    return os.environ | {
        "DATABASE_URL": f"{head}/{name}{options}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
    }


def start(arguments: list[str], **settings: str) -> subprocess.Popen:
    """Start one process in a group of its own, with these settings changed."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment() | settings,
        start_new_session=True,
    )


def kill(process: subprocess.Popen) -> None:
    """`kill -9` the process and all its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(*commands: list[str], **settings: str) -> Iterator[list[subprocess.Popen]]:
    """Run these processes for the length of a block."""
    processes = [start(command, **settings) for command in commands]
    try:
        yield processes
    finally:
        for process in processes:
            kill(process)


def wait_until(true: Callable[[], bool], *, seconds: float = 60) -> None:
    """Look until something is true; fail after a generous time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not come to pass."
        time.sleep(0.01)


def backends() -> set[int]:
    """The database's connections, without that of the test itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return {pid for (pid,) in cursor.fetchall()}
