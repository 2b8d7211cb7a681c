"""The whole product as `make run` starts it, in folders and on ports of its own."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY = "supportcoord runs at"


class RunningStack:
    """One `manage.py dev`, its output, and all the processes it started."""

    def __init__(self, var: Path, *words: str, **environment: str) -> None:
        self.var = var
        self.port = int(environment.get("PORT") or two_free_ports())
        self.url = f"http://127.0.0.1:{self.port}"
        # Nothing of the test run reaches it: it must find its way as on anybody's machine.
        self.env = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": "",
            "SUPPORTCOORD_VAR": str(var),
            "PORT": str(self.port),
            **environment,
        }
        var.mkdir(parents=True, exist_ok=True)
        self.output = var.parent / f"output.{self.port}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "dev", *words],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def until_it_runs(self, *, seconds: float = 120) -> "RunningStack":
        end = time.monotonic() + seconds
        while READY not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)
        return self

    def until_it_ends(self, *, seconds: float = 60) -> int:
        return self.process.wait(seconds)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.until_it_ends()

    @property
    def abroad(self) -> dict[str, str]:
        """What a command in another shell is told."""
        return {name: self.env[name] for name in ("PATH", "ENV_FILE", "SUPPORTCOORD_VAR")}

    def manage(self, *words: str, stdin: bytes = b"") -> str:
        """Run a command as from another shell of the same checkout."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.abroad,
            input=stdin,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def family(self) -> dict[int, str]:
        """The living processes that this stack started, whoever is their parent now."""
        mark = f"SUPPORTCOORD_VAR={self.var}".encode()
        return {
            pid: command for pid, command in everything() if belongs(pid, command, mark, self.var)
        }

    def one(self, words: str) -> int:
        """The process whose command has these words; of parent and children, the parent."""
        return min(pid for pid, command in self.family().items() if words in command)


def everything() -> list[tuple[int, str]]:
    """All processes with their commands; those that are only waited for have none."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
            if command:
                found.append((int(folder.name), command))
    return found


def belongs(pid: int, command: str, mark: bytes, var: Path) -> bool:
    """By what they inherited, or by the folder they work in (PostgreSQL's hide the first)."""
    with suppress(OSError):
        if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            return True
        return Path(f"/proc/{pid}/cwd").resolve().is_relative_to(var)
    return False


def two_free_ports() -> int:
    """A free port whose neighbour is free too.

    Both lie below those that the system gives to whoever asks for any, and so stay free.
    """
    while True:
        port = random.randrange(10_000, 30_000)
        if not listens(port) and not listens(port + 1):
            return port


def listens(port: int) -> bool:
    """Whether somebody listens there, or holds the port for another reason."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def gone(stack: RunningStack, *, seconds: float = 40) -> bool:
    """Whether, after a while, nothing that it started lives."""
    end = time.monotonic() + seconds
    while stack.family():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
