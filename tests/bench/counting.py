"""What one flow asks of PostgreSQL: statements, and commits that write.

Counted in a pass of its own, with the server telling each statement, and never timed.
"""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.ground import Ground, program
from tests.bench.systems import System

TELLING = {
    "log_min_duration_statement": "0",
    "log_line_prefix": "%p %d|",
}
STATEMENT = re.compile(
    r"^\d+ (?P<database>\w+)\|LOG:  duration: [\d.]+ ms  "
    r"(?:statement|execute [^:]*): (?P<sql>.*)$"
)


@contextmanager
def telling(ground: Ground) -> Iterator[None]:
    """Let the server tell every statement for the length of a block."""
    for name, value in TELLING.items():
        ground.sql("postgres", f"ALTER SYSTEM SET {name} = '{value}'")
    ground.sql("postgres", "SELECT pg_reload_conf()")
    ground.sql("postgres", "SELECT pg_create_physical_replication_slot('bench', true)")
    time.sleep(0.3)
    try:
        yield
    finally:
        ground.sql("postgres", "SELECT pg_drop_replication_slot('bench')")
        for name in TELLING:
            ground.sql("postgres", f"ALTER SYSTEM RESET {name}")
        ground.sql("postgres", "SELECT pg_reload_conf()")


def statements_in(log: str, database: str) -> list[str]:
    """What the clients of a database asked for, without the looks of the bench itself."""
    lines = re.sub(r"\n\t", " ", log).splitlines()
    found = (match for line in lines if (match := STATEMENT.match(line)))
    return [
        match["sql"]
        for match in found
        if match["database"] == database and "bench_row WHERE" not in match["sql"]
    ]


def written_commits(ground: Ground, start: str, end: str) -> int:
    """Commit records between two places of the write-ahead log: commits that wrote."""
    command = [program("pg_waldump"), "-r", "Transaction", "-s", start, "-e", end]
    folder = ground.postgres.data / "pg_wal"
    said = subprocess.run(
        [*map(str, command), "-p", str(folder)], capture_output=True, text=True, check=False
    )
    return sum("COMMIT" in line for line in said.stdout.splitlines())


def place(ground: Ground) -> str:
    """Where the write-ahead log stands."""
    return str(ground.one("postgres", "SELECT pg_current_wal_flush_lsn()"))


def count(ground: Ground, system: System, kind: str, flows: int) -> dict[str, float]:
    """Do some flows and count what each of them asked for, without what feeding them asks."""
    system.wake(kind)
    system.pause()
    system.give(kind, flows)
    last_row = system.last_row()
    with telling(ground):
        at = place(ground)
        since = ground.postgres.log.stat().st_size
        system.go_on(alone=True)
        system.catch_up(last_row, flows)
        log = ground.postgres.log.read_bytes()[since:].decode(errors="replace")
        commits = written_commits(ground, at, place(ground))
    system.pause()
    statements = statements_in(log, system.name)
    return {"statements": len(statements) / flows, "commits": commits / flows}
