"""Retention under load: finished runs are forgotten meanwhile, a copy is kept for the judge."""

import time
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from tests.drill.facts import FORGOTTEN
from tests.drill.servers import Stack, python
from tests.drill.watch import connect

EVERY = 60.0
KEPT_DAYS = "0.0007"
"""A minute, roughly."""
MOST_LINES = 12

ROOM = [
    "CREATE SCHEMA IF NOT EXISTS drill",
    *(
        f"CREATE TABLE IF NOT EXISTS drill.{name} (LIKE coordination_{name}, PRIMARY KEY (id))"
        for name in FORGOTTEN
    ),
]
COPIES = (
    """INSERT INTO drill.run SELECT * FROM coordination_run
        WHERE state IN ('done', 'cancelled') ON CONFLICT (id) DO NOTHING""",
    """INSERT INTO drill.step SELECT s.* FROM coordination_step s
         JOIN drill.run r ON r.id = s.run_id ON CONFLICT (id) DO NOTHING""",
    """INSERT INTO drill.attempt SELECT a.* FROM coordination_attempt a
         JOIN drill.step s ON s.id = a.step_id ON CONFLICT (id) DO NOTHING""",
)
FIGURES = """
    SELECT (SELECT count(*) FROM drill.run),
           (SELECT count(*) FROM coordination_run),
           (SELECT count(*) FROM coordination_run
             WHERE state IN ('ready', 'running', 'waiting', 'dead', 'in_doubt')),
           (SELECT count(*) FROM coordination_step),
           (SELECT sum(pg_total_relation_size(name::regclass))::bigint
              FROM unnest(ARRAY['coordination_run', 'coordination_step', 'coordination_attempt'])
                   AS name)"""
HEAD = ("after", "runs ended so far", "runs in the table", "unfinished", "steps", "size of all")


@dataclass
class Retention:
    """Calls `manage.py forget_runs` once a minute, and writes down how large the tables are."""

    stack: Stack
    begun: float = field(default_factory=time.monotonic)
    lines: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.next_at = self.begun + EVERY
        with connect(self.stack.straight) as line:
            for sql in ROOM:
                line.execute(sql)

    def sleep_until(self, moment: float) -> None:
        """Sleep, and tidy up whenever it is time."""
        while (left := moment - time.monotonic()) > 0:
            time.sleep(max(0.0, min(left, self.next_at - time.monotonic())))
            if time.monotonic() >= self.next_at:
                self.next_at += EVERY
                with suppress(psycopg.Error):
                    self.tidy()

    def tidy(self) -> None:
        """Keep copies, measure, and let the product forget; nobody waits for that."""
        with connect(self.stack.straight) as line:
            self.copy(line)
            self.measure(line)
        self.stack.add("forget", python("manage.py", "forget_runs", "--days", KEPT_DAYS))

    def copy(self, line: psycopg.Connection) -> None:
        """Keep what is about to be forgotten."""
        with line.transaction():
            for sql in COPIES:
                line.execute(sql)

    def measure(self, line: psycopg.Connection) -> None:
        """Write down how large the tables are now."""
        ended, runs, unfinished, steps, size = line.execute(FIGURES).fetchone() or (0,) * 5
        after = f"{(time.monotonic() - self.begun) / 60:.1f} min"
        counts = [str(number) for number in (ended, runs, unfinished, steps)]
        self.lines.append((after, *counts, f"{size / 2**20:.1f} MiB"))

    def shown(self) -> list[tuple[str, ...]]:
        """A dozen of the lines, the last one among them."""
        step = -(-len(self.lines) // MOST_LINES) or 1
        return self.lines[::-1][::step][::-1]
