"""What the drill knows in the end: the database by plain SQL, and the journals of the outside."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.drill.journal import entries

Row = dict[str, Any]

QUERIES = {
    "streams": "SELECT key, next_seq FROM coordination_stream",
    "events": """SELECT id, stream, seq, type, payload, run_id, step, why,
                        EXTRACT(epoch FROM at)::float AS at, {committed} AS committed
                   FROM coordination_event ORDER BY stream, seq""",
    "runs": """SELECT id, flow, serial_key, key_seq, lane, state, waits_for, wait_match,
                      error_code, due_at < clock_timestamp() - interval '10 seconds' AS overdue,
                      EXTRACT(epoch FROM created_at)::float AS created_at,
                      EXTRACT(epoch FROM finished_at)::float AS finished_at
                 FROM {run} ORDER BY id""",
    "steps": """SELECT id, run_id, name, kind, position, state, idem_key, destination, output,
                       EXTRACT(epoch FROM started_at)::float AS started_at,
                       EXTRACT(epoch FROM finished_at)::float AS finished_at
                  FROM {step} ORDER BY run_id, position""",
    "attempts": """SELECT step_id, number, outcome, fence,
                          EXTRACT(epoch FROM started_at)::float AS started_at
                     FROM {attempt} ORDER BY step_id, number""",
    "inbox": "SELECT source, external_id, status, answer FROM coordination_inbox",
    "mails": """SELECT id, message_id_header, outcome, ticket_id, message_id
                  FROM channels_receivedmail""",
    "messages": """SELECT id, ticket_id, kind, text, message_id_header, delivery
                     FROM tickets_message""",
    "tickets": "SELECT id, subject, status FROM tickets_ticket",
}
FORGOTTEN = ("run", "step", "attempt")
"""What retention removes; the drill keeps a copy of it beforehand."""


@dataclass
class Facts:
    """Everything that is compared, as it was read."""

    streams: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    runs: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    inbox: list[Row] = field(default_factory=list)
    mails: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    outside: list[Row] = field(default_factory=list)
    started_by: dict[str, list[str]] = field(default_factory=dict)


def read_facts(
    line: psycopg.Connection, *, load: Path, outside: Path, started_by: dict[str, list[str]]
) -> Facts:
    """Read the database and both journals."""
    facts = Facts(asked=entries(load), outside=entries(outside), started_by=started_by)
    with line.cursor(row_factory=dict_row) as cursor:
        names = names_of(cursor)
        for name, sql in QUERIES.items():
            cursor.execute(sql.format(**names))
            setattr(facts, name, cursor.fetchall())
    return facts


def names_of(cursor: psycopg.Cursor[Row]) -> dict[str, str]:
    """Where runs are, kept copies included, and how to ask when a row was committed."""
    shown = cursor.execute("SHOW track_commit_timestamp").fetchone() or {}
    tracked = "on" in shown.values()
    at = "EXTRACT(epoch FROM pg_xact_commit_timestamp(xmin))::float"
    names = {"committed": at if tracked else "NULL::float"}
    kept = cursor.execute("SELECT to_regclass('drill.run') AS kept").fetchone() or {}
    for name in FORGOTTEN:
        here = f"coordination_{name}"
        names[name] = here
        if kept.get("kept"):
            gone = (
                f"SELECT k.* FROM drill.{name} k LEFT JOIN {here} h USING (id) WHERE h.id IS NULL"
            )
            names[name] = f"(SELECT * FROM {here} UNION ALL {gone}) AS every_{name}"
    return names


def grouped(rows: Iterable[Row], *names: str) -> dict[Any, list[Row]]:
    """Rows by one of their values, or by several."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        key = tuple(row[name] for name in names)
        found[key if len(names) > 1 else key[0]].append(row)
    return found
