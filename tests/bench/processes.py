"""The processes of one system: started together, stopped and continued, their CPU read."""

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from apps.ops.launching import launch
from tests.bench.ground import HOME, ROOT

TICK = os.sysconf("SC_CLK_TCK")


class Feeder:
    """A process that does what it is asked, a line at a time."""

    def __init__(self, command: list[str], env: dict[str, str], log: str) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(HOME / f"{log}.log").open("ab"),
            text=True,
            start_new_session=True,
        )
        self.heard()

    def ask(self, do: str, **values: Any) -> Any:
        """Say one line, and return what is answered."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self.process.stdin.flush()
        return self.heard()

    def heard(self) -> Any:
        """The next line it says."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"A feeder died; see {HOME}."
        return json.loads(line)

    def stop(self) -> None:
        kill(self.process)


def start(command: list[str], env: dict[str, str], log: str) -> subprocess.Popen:
    """Start one process in a group of its own that dies with this one; a log hears it."""
    with (HOME / f"{log}.log").open("ab") as output:
        return launch(command, home=ROOT, death_signal=signal.SIGKILL, env=env, output=output)


def send(process: subprocess.Popen, number: signal.Signals) -> None:
    """Signal a process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def kill(process: subprocess.Popen) -> None:
    """End a process and its children, and wait for it."""
    send(process, signal.SIGCONT)
    send(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
    send(process, signal.SIGKILL)
    process.wait()


def cpu_of(roots: set[int]) -> float:
    """CPU seconds of these processes and all below them, the ended ones included."""
    parents, used = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = path.read_text().rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid], used[pid] = int(words[1]), sum(map(int, words[11:15])) / TICK

    def below(pid: int) -> bool:
        while pid not in roots and pid in parents:
            pid = parents[pid]
        return pid in roots

    return sum(seconds for pid, seconds in used.items() if below(pid))


def cpu_of_others() -> float:
    """CPU seconds that this machine gave to everything but this process and all below it."""
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, _, _, *rest = map(int, words)
    return (user + nice + system + sum(rest)) / TICK - cpu_of({os.getpid()})


def wait_until(true: Any, *, seconds: float = 120, every: float = 0.02) -> None:
    """Look until something is true; fail after a generous time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"It did not come to pass; see {HOME}."
        time.sleep(every)
