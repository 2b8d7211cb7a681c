"""An end for a conversation as a whole: a server that drips bytes holds nobody for ever."""

import socket
import threading
from contextlib import suppress
from typing import Self


class Deadline:
    """Shuts the watched connections once its seconds are over; whoever reads them then ends."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.passed = seconds, False
        self.lines: list[socket.socket] = []
        self.lock = threading.Lock()
        self.timer = threading.Timer(seconds, self.cut)
        self.timer.daemon = True

    def __enter__(self) -> Self:
        self.timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.timer.cancel()
        self.timer.join()
        for line in self.lines:
            line.close()

    def watch(self, line: socket.socket) -> None:
        """Have this connection end in time; a second handle outlives what TLS makes of it."""
        with self.lock:
            self.lines.append(line.dup())
        if self.passed:
            self.cut()

    def cut(self) -> None:
        """End every conversation now."""
        with self.lock:
            self.passed = True
            for line in self.lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
