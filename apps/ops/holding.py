"""Holding a folder, so that two runs never work in the same one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.core.errors import Unavailable


class AlreadyRunning(Unavailable):
    """Another process holds this folder."""

    message = "{what} already runs in {path} as process {holder}; stop that one first."


@contextmanager
def held(folder: Path, *, what: str) -> Iterator[None]:
    """Hold a folder against a second run; the hold ends with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise AlreadyRunning(what=what, path=folder, holder=holder) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
