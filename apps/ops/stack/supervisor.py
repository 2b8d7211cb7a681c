"""Runs several programs as one: their lines side by side, and none outlives another."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from apps.core.errors import Unavailable
from apps.ops.launching import end, kill_group, launch
from apps.ops.servers import OUT_OF_SPACE, Server
from apps.ops.stack.output import Output

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 25.0


class StepFailed(Unavailable):
    """A command of the start did not end well."""

    message = "{name} failed with exit code {code}; what it said stands above."


class Ended(Unavailable):
    """One of the processes ended by itself."""

    message = "{name} ended with exit code {code}{because}; everything else was stopped."


class StopRequested(BaseException):
    """Somebody pressed Ctrl-C, or asked the process to end."""


class Supervisor:
    """The programs of one stack, in one folder and one environment.

    It has one thread on purpose. Linux tells each child of the death of each thread of its
    parent, and a program that is told to stop several times at once may hang over it.
    """

    def __init__(self, home: Path, env: Mapping[str, str]) -> None:
        self.home = home
        self.env = dict(env)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.servers: list[Server] = []
        self.output = Output()

    def step(self, name: str, command: Sequence[str]) -> None:
        """Run a command to its end. Raises StepFailed."""
        process = self._launch(command, {})
        self.output.follow(process, head="")
        try:
            while process.poll() is None:
                self.output.pass_on(0.1)
        finally:
            end(process, patience=5)
        self.output.pass_on(0)
        if process.returncode != 0:
            raise StepFailed(name=name, code=process.returncode)

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Start a program that is to run until everything stops."""
        self.processes[name] = process = self._launch(command, env)
        self.output.follow(process, head=f"{name:>11} | ")

    def check(self) -> None:
        """Raise Ended when a program or a server is gone that should be there."""
        for server in self.servers:
            if server.process is not None and not server.alive():
                full = server.complaint() == OUT_OF_SPACE
                because = f": {OUT_OF_SPACE}" if full else ""
                code = server.process.returncode
                raise Ended(name=server.title, code=code, because=because)
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise Ended(name=name, code=process.returncode, because="")

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Stay until something is so. Raises Ended before, or StopRequested out of a signal."""
        while not until():
            self.check()
            self.output.pass_on(0.2)

    def stop(self) -> None:
        """Ask all to stop at once, wait for each, kill what is left of each with its children."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + PATIENCE
        for name, process in self.processes.items():
            while process.poll() is None and time.monotonic() < until:
                self.output.pass_on(0.05)
            if process.poll() is None:
                self.output.say(f"{name} did not stop within {PATIENCE:.0f} s and was killed.")
            kill_group(process)
        self.output.pass_on(0)

    def kill(self) -> None:
        """Do not wait any longer."""
        for process in self.processes.values():
            kill_group(process)

    def _launch(self, command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return launch(command, home=self.home, env={**self.env, **env}, output=subprocess.PIPE)


@contextmanager
def stopping_on_signals(supervisor: Supervisor) -> Iterator[None]:
    """Turn the first signal into StopRequested; later ones end the patience of `stop`."""

    def first(number: int, frame: FrameType | None) -> None:
        for number in SIGNALS:
            signal.signal(number, lambda *_: supervisor.kill())
        # What somebody who stops it is told by each part about being stopped, helps nobody.
        supervisor.output.muted = True
        raise StopRequested

    before = {number: signal.signal(number, first) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
