"""The whole stack of one drill: the commands that `manage.py dev` starts, each to be hurt."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

from apps.ops.launching import kill_group, launch
from apps.ops.servers import Postgres, Server, Valkey, fresh_log
from apps.ops.stack.preflight import create_database
from apps.ops.stack.processes import wanted
from tests.make.stack import everything, two_free_ports

ROOT = Path(__file__).parents[2]
DATABASE = "supportcoord"
PASSING = ("load", "forget", "post")
"""Processes that come to their own end."""
PORTS = ("standin", "mail", "lmtp", "mailbox link", "database link", "broker link")
KILLED_WITH_US = {"death_signal": signal.SIGKILL}


class StaysOnItsPort(Server):
    """A server that comes back where it was, so that its clients find it again."""

    def _start_on_a_free_port(self) -> None:
        if not self.port:
            super()._start_on_a_free_port()
            return
        until = time.monotonic() + 30
        while True:
            with fresh_log(self.log) as log:
                self.process = self.spawn(log)
            if self._wait():
                return
            if time.monotonic() > until:
                raise self.refused(self.complaint())
            kill_group(self.process)
            time.sleep(0.2)


class LastingPostgres(StaysOnItsPort, Postgres):
    """PostgreSQL with its durable defaults."""

    def crash(self, number: signal.Signals) -> None:
        """End it without a checkpoint: QUIT is `pg_ctl -m immediate stop`, KILL asks nobody."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()


class LastingValkey(StaysOnItsPort, Valkey):
    """Valkey without persistence: what it held when it was killed is gone."""

    def kill(self) -> None:
        """`kill -9`."""
        if self.process is not None:
            kill_group(self.process)


@dataclass(frozen=True)
class Sizes:
    """How large the processes are, and where."""

    PORT: int
    BASE_DIR: Path = ROOT
    HOST: str = "127.0.0.1"
    WEB_CONCURRENCY: int = 1
    WORKER_CONCURRENCY: int = 3
    LMTP_LISTEN: object | None = None


class Stack:
    """Every process of the drill, by name. Started and stopped by the main thread alone."""

    def __init__(self, home: Path, *, seed: str) -> None:
        self.home, self.seed = home, seed
        self.postgres = LastingPostgres(home / "postgres")
        self.valkey = LastingValkey(home / "valkey")
        self.sizes = Sizes(PORT=two_free_ports())
        self.ports = {name: two_free_ports() for name in PORTS}
        self.journal = home / "standin.jsonl"
        self.commands: dict[str, tuple[list[str], dict[str, str]]] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, float] = {}
        self.env: dict[str, str] = {}
        self.told: dict[str, Any] = {}

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.sizes.PORT}"

    @property
    def straight(self) -> str:
        """The database without the link that is hurt: for those who only look."""
        return self.postgres.url(DATABASE)

    def start(self, workers: int) -> None:
        """Start everything, on an empty database."""
        shutil.rmtree(self.home / "logs", ignore_errors=True)
        (self.home / "logs").mkdir()
        self.start_servers()
        self.env = self.environment()
        self.add_outside()
        self.add_links()
        self.run("migrate", "manage.py", "migrate", "--verbosity", "0")
        self.run("collectstatic", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        self.told = json.loads(self.run("prepare", "-m", *self.preparing()))
        for process in wanted(self.sizes):
            command = process.command(self.sizes)
            if process.name == "worker":
                for number in range(1, workers + 1):
                    name = f"worker {number}"
                    self.add(name, [*command, "-n", f"drill{number}@%h"], dict(process.env))
            elif process.name != "stream":
                self.add(process.name, command, dict(process.env))

    def start_servers(self) -> None:
        """PostgreSQL and Valkey, empty, on ports that they keep."""
        for server in (self.postgres, self.valkey):
            shutil.rmtree(server.home, ignore_errors=True)
        self.postgres.start()
        create_database(self.postgres.url("postgres"), DATABASE)
        with psycopg.connect(self.postgres.url("postgres"), autocommit=True) as line:
            line.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self.postgres.stop()
        self.postgres.start()
        self.valkey.start()

    def environment(self) -> dict[str, str]:
        """What the product is told: both servers through links, the outside at the stand-in."""
        database, broker = self.straight, self.valkey.url(0)
        standin = f"http://127.0.0.1:{self.ports['standin']}"
        return {
            "PATH": os.environ["PATH"],
            "ENV_FILE": "",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "supportcoord.settings",
            "SUPPORTCOORD_VAR": str(self.home),
            "LOG_LEVEL": "WARNING",
            "PORT": str(self.sizes.PORT),
            "DATABASE_URL": database.replace(
                f":{self.postgres.port}/", f":{self.ports['database link']}/"
            ),
            "REDIS_URL": broker.replace(f":{self.valkey.port}/", f":{self.ports['broker link']}/"),
            "SECRET_KEY": "for the drill only, and long enough not to be complained about",
            "SUPPORTCOORD_ENCRYPTION_KEYS": "sealing-for-the-drill-only-and-for-nothing-else",
            "SUPPORTCOORD_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "SUPPORTCOORD_CLASSIFIER": "openai",
            "OPENAI_API_KEY": "drill",
            "OPENAI_BASE_URL": f"{standin}/v1",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['mail']}",
            "API_REQUESTS_PER_MINUTE": "1000000",
        }

    def preparing(self) -> list[str]:
        """What fills the empty database."""
        return ["tests.drill.prepare", f"http://127.0.0.1:{self.ports['standin']}"]

    def add_outside(self) -> None:
        """The world that the product speaks with."""
        ports = self.ports
        outside = [str(ports["standin"]), str(ports["mail"]), str(self.journal), self.seed]
        self.add("standin", python("-m", "tests.drill.standin", *outside))

    def links(self) -> dict[str, int]:
        """Which links there are, and where each leads."""
        return {"database link": self.postgres.port, "broker link": self.valkey.port}

    def add_links(self) -> None:
        """What stands between the product and its servers."""
        for name, target in self.links().items():
            self.add(name, python("-m", "tests.drill.proxy", str(self.ports[name]), str(target)))

    def add(self, name: str, command: list[str], env: dict[str, str] | None = None) -> None:
        """Make a process known, and start it."""
        self.commands[name] = (command, env or {})
        self.again(name)

    def again(self, name: str) -> None:
        """Start a process, in a group of its own, its output at the end of its own log."""
        command, env = self.commands[name]
        self.started[name] = time.monotonic()
        with (self.home / "logs" / f"{name.replace(' ', '-')}.log").open("ab") as log:
            self.processes[name] = launch(
                command, home=ROOT, env={**self.env, **env}, output=log, **KILLED_WITH_US
            )

    def run(self, name: str, *words: str, told: str = "") -> str:
        """Run a command to its end; its output."""
        with (self.home / "logs" / f"{name}.log").open("ab") as log:
            done = subprocess.run(
                python(*words),
                cwd=ROOT,
                env=self.env,
                input=told.encode(),
                stdout=subprocess.PIPE,
                stderr=log,
            )
        if done.returncode:
            raise SystemExit(f"{name} failed; see {self.home / 'logs' / name}.log.")
        return done.stdout.decode()

    def manage(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command of the product, as an operator would."""
        return subprocess.run(
            python("manage.py", *words), cwd=ROOT, env=self.env, capture_output=True, timeout=600
        )

    def valkey_client(self) -> redis.Redis:
        """Valkey without the link that is hurt."""
        return redis.Redis.from_url(self.valkey.url(0), socket_timeout=5)

    def ended(self) -> list[str]:
        """Processes that should run and do not; each is started again, as a supervisor would."""
        gone = [
            name
            for name, process in self.processes.items()
            if name not in PASSING and process.poll() is not None
        ]
        for name in gone:
            self.again(name)
        return gone

    def kill(self, name: str) -> None:
        """`kill -9` a process with all its children."""
        kill_group(self.processes[name])

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, number)

    def children(self, name: str) -> list[int]:
        """The children of a process, oldest first."""
        pid = self.processes[name].pid
        with suppress(OSError):
            return sorted(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
        return []

    def stop(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        for process in self.processes.values():
            kill_group(process)
        for server in (self.valkey, self.postgres):
            server.stop()
        sweep_up(self.home)


def python(*words: str) -> list[str]:
    """A command for the Python that runs this."""
    return [sys.executable, *words]


def sweep_up(home: Path) -> None:
    """Kill what an earlier drill left in this folder, should it have been killed itself."""
    mark = f"SUPPORTCOORD_VAR={home}".encode()
    for pid, _ in everything():
        with suppress(OSError):
            if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)
