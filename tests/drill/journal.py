"""Append-only logs that survive `kill -9`: each line is on the disk before anybody goes on."""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any


class Journal:
    """One file of JSON lines, written by one process."""

    def __init__(self, path: Path) -> None:
        self.path, self.lock = path, threading.Lock()
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, kind: str, **facts: Any) -> None:
        """Write one line, and see it on the disk."""
        line = json.dumps({"kind": kind, "at": time.time(), **facts}) + "\n"
        with self.lock:
            os.write(self.fd, line.encode())
            os.fsync(self.fd)


def entries(path: Path) -> list[dict[str, Any]]:
    """All whole lines of a journal, oldest first; the torn end of a killed writer is left out."""
    if not path.exists():
        return []
    *whole, _torn = path.read_bytes().split(b"\n")
    return [json.loads(line) for line in whole if line]
