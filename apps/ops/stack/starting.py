"""Starts the whole product on this machine, in order, and stops all of it with any part."""

import hashlib
import http.client
import json
import os
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders

from apps.core.errors import Unavailable
from apps.ops.holding import held
from apps.ops.sample.staff import PASSWORD, STAFF
from apps.ops.servers import Postgres, Server, Valkey
from apps.ops.stack import preflight
from apps.ops.stack.processes import wanted
from apps.ops.stack.supervisor import Supervisor, stopping_on_signals

DATABASE = "supportcoord"
SERVING_WITHIN = 90.0


class NotServing(Unavailable):
    """The web process runs but does not answer."""

    message = "The web process did not answer within {seconds} s; what it said stands above."


def static_fingerprint() -> str:
    """Sum up names, sizes and times of all static files of the project and its packages."""
    sum_ = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            sum_.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return sum_.hexdigest()


class Stack:
    """One run of `manage.py dev`: what it starts is stopped when `parts` closes."""

    def __init__(self, settings: LazySettings, parts: ExitStack, *, sample_data: bool) -> None:
        self.settings = settings
        self.sample_data = sample_data
        self.parts = parts
        self.var: Path = settings.VAR_DIR
        self.supervisor = Supervisor(settings.BASE_DIR, os.environ)
        self.own: dict[str, str] = {"PORT": str(settings.PORT)}

    def run(self) -> None:
        """Start everything and stay. Ends with an error, or StopRequested."""
        self.check_first()
        self.start_servers()
        self.leave_a_note()
        self.prepare()
        self.start_processes()
        self.wait_until_it_serves()
        self.greet()
        self.supervisor.watch()

    def check_first(self) -> None:
        """Refuse while nothing is started that would have to be stopped again."""
        self.parts.enter_context(held(self.var, what="supportcoord"))
        preflight.need_space(self.var)
        ports = [
            port for process in wanted(self.settings) if (port := process.port(self.settings))
        ]
        preflight.need_ports(self.settings.HOST, ports, other=self.settings.PORT + 100)
        self.parts.enter_context(stopping_on_signals(self.supervisor))
        self.supervisor.output.say("Starting …")

    def start_servers(self) -> None:
        """Start what the environment does not name; ask what it names."""
        if self.settings.ENVIRONMENT.given("DATABASE_URL"):
            preflight.need_database(self.settings.DATABASES["default"])
        else:
            postgres = Postgres(self.var / "postgres")
            self.start_server(postgres)
            preflight.create_database(postgres.url("postgres"), DATABASE)
            self.own["DATABASE_URL"] = postgres.url(DATABASE)
        if self.settings.ENVIRONMENT.given("REDIS_URL"):
            preflight.need_broker(self.settings.REDIS_URL)
        else:
            valkey = Valkey(self.var / "valkey")
            self.start_server(valkey)
            self.own["REDIS_URL"] = valkey.url(0)

    def start_server(self, server: Server) -> None:
        """Start a server of our own, to be watched and stopped with the rest."""
        self.parts.callback(server.stop)
        server.start()
        self.supervisor.servers.append(server)

    def leave_a_note(self) -> None:
        """Tell this stack's children, and by a file other shells, where the servers are."""
        self.supervisor.env |= {"PYTHONUNBUFFERED": "1", **self.own}
        if not self.settings.ENVIRONMENT.given("LOG_LEVEL"):
            self.supervisor.env["LOG_LEVEL"] = "WARNING"
        note = self.var / "stack.env"
        note.unlink(missing_ok=True)
        note.touch(mode=0o600)
        note.write_text("".join(f"{name}={value}\n" for name, value in self.own.items()))
        self.parts.callback(note.unlink, missing_ok=True)

    def prepare(self) -> None:
        """Bring tables, static files and, the first time, sample data up to date."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("train_model", "--if-missing", "--verbosity", "0")
        self.collect_static_files()
        note = self.sample_data_note()
        if self.sample_data and self.wants_sample_data(note):
            self.supervisor.output.say("Making sample data, once …")
            note.write_text("started")
            self.manage("seed_demo")
            note.write_text("complete")

    def collect_static_files(self) -> None:
        """Collect them anew if one of them has changed since the last whole collection."""
        note = self.var / "static.sha256"
        now = static_fingerprint()
        if not note.exists() or note.read_text() != now:
            note.unlink(missing_ok=True)
            self.manage("collectstatic", "--noinput", "--verbosity", "0")
            note.write_text(now)

    def sample_data_note(self) -> Path:
        """Name the file that says how far the sample data of this database got."""
        if "DATABASE_URL" in self.own:
            return self.var / "postgres" / "sample-data"
        config = self.settings.DATABASES["default"]
        place = f"{config['HOST']}:{config['PORT']}/{config['NAME']}"
        return self.var / f"sample-data-{hashlib.sha256(place.encode()).hexdigest()[:12]}"

    def wants_sample_data(self, note: Path) -> bool:
        """Whether to make it, or to finish it; never in a database that others have filled."""
        if note.exists():
            return note.read_text() != "complete"
        return "DATABASE_URL" in self.own or preflight.is_empty(
            self.settings.DATABASES["default"], get_user_model()._meta.db_table
        )

    def manage(self, *words: str) -> None:
        """Run a command of `manage.py` to its end."""
        script = str(self.settings.BASE_DIR / "manage.py")
        self.supervisor.step(words[0], [sys.executable, script, *words])

    def start_processes(self) -> None:
        """Start what the product is made of."""
        self.parts.callback(self.supervisor.stop)
        for process in wanted(self.settings):
            self.supervisor.start(process.name, process.command(self.settings), process.env)

    def wait_until_it_serves(self) -> None:
        """Wait for the web process, and for the coordinator's first sweep."""
        end_at = time.monotonic() + SERVING_WITHIN

        def serves() -> bool:
            if time.monotonic() > end_at:
                raise NotServing(seconds=round(SERVING_WITHIN))
            return bool(self.health().get("coordinator") == "ok")

        self.supervisor.watch(until=serves)

    def health(self) -> dict[str, Any]:
        """Ask the web process how it is; nothing while it does not answer."""
        host = "127.0.0.1" if self.settings.HOST in {"0.0.0.0", "::"} else self.settings.HOST  # noqa: S104
        line = http.client.HTTPConnection(host, self.settings.PORT, timeout=5)
        with suppress(OSError, ValueError, http.client.HTTPException):
            line.request("GET", "/healthz")
            parts: dict[str, Any] = json.load(line.getresponse())["parts"]
            return parts
        return {}

    def greet(self) -> None:
        """Say where it is and how to get in."""
        self.supervisor.output.say(f"\nsupportcoord runs at {self.settings.SITE_URL}")
        note = self.sample_data_note()
        if note.exists() and note.read_text() == "complete":
            names = ", ".join(colleague.username for colleague in STAFF)
            self.supervisor.output.say(f"Sign in as {names}; the password is {PASSWORD}.")
        self.supervisor.output.say("Ctrl-C stops all of it; what you did stays.\n")
