"""The output of several programs on one screen, each line whole and with its program's name."""

import os
import selectors
import subprocess
import sys
import time
from contextlib import suppress

AT_ONCE = 65536


class Output:
    """What the programs say, passed on while somebody waits here. There is no thread for it."""

    def __init__(self) -> None:
        self.muted = False
        self.selector = selectors.DefaultSelector()
        self.begun: dict[int, bytes] = {}

    def follow(self, process: subprocess.Popen[bytes], *, head: str) -> None:
        """Pass on what this program says from now on, each line with `head` before it."""
        if process.stdout is not None:
            os.set_blocking(process.stdout.fileno(), False)
            self.selector.register(process.stdout.fileno(), selectors.EVENT_READ, (process, head))

    def pass_on(self, seconds: float) -> None:
        """Pass on what there is; wait so long for more."""
        until = time.monotonic() + seconds
        while True:
            left = max(0.0, until - time.monotonic())
            if not self.selector.get_map():
                time.sleep(left)
                return
            ready = self.selector.select(left)
            for key, _ in ready:
                self._read(key.fd, *key.data)
            if not ready or time.monotonic() >= until:
                return

    def say(self, line: str) -> None:
        """Write one whole line; a terminal that is gone is no reason to fail."""
        with suppress(OSError, ValueError):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    def _read(self, fd: int, process: subprocess.Popen[bytes], head: str) -> None:
        try:
            data = os.read(fd, AT_ONCE)
        except BlockingIOError:
            return
        if not data:
            self._let_go(fd, process)
        *lines, rest = (self.begun.pop(fd, b"") + data).split(b"\n")
        if rest and data:
            self.begun[fd] = rest
        elif rest:
            lines.append(rest)
        for line in lines if not self.muted else ():
            self.say(f"{head}{line.decode(errors='replace').rstrip()}")

    def _let_go(self, fd: int, process: subprocess.Popen[bytes]) -> None:
        self.selector.unregister(fd)
        if process.stdout is not None:
            process.stdout.close()
