"""The clock of the test database, which tests put forward: leases run out and timers ring at once.

The engine asks the database alone what time it is. A schema that stands before the system's own
gives the answers here, for every process that is told to look there first.
"""

import os
from datetime import datetime, timedelta
from urllib.parse import quote

import psycopg
from django.db import connection

CLOCK = "the clock of the tests"
SEARCH = "-c search_path=settable,pg_catalog,public"
QUICK = "-c synchronous_commit=off"
"""Tests that kill processes, and never the server, need not wait for its disk."""

INSTALL = """
CREATE SCHEMA IF NOT EXISTS settable;
CREATE TABLE IF NOT EXISTS settable.clock (shift interval NOT NULL);
DELETE FROM settable.clock;
INSERT INTO settable.clock VALUES ('0');
CREATE OR REPLACE FUNCTION settable.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + shift FROM settable.clock';
CREATE OR REPLACE FUNCTION settable.statement_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.statement_timestamp() + shift FROM settable.clock';
"""


class DatabaseClock:
    """Put it forward, and every lease, timer and pause of the engine follows."""

    def __init__(self) -> None:
        known = connection.settings_dict["OPTIONS"]
        self.options = f"{known.get('options', '')} {SEARCH} {QUICK}".strip()
        self.lines: dict[int, psycopg.Connection] = {}
        self.line.execute(INSTALL)

    @property
    def line(self) -> psycopg.Connection:
        """A connection of its own in each process, so that nobody's transaction holds the time."""
        if os.getpid() not in self.lines:
            params = connection.get_connection_params()
            where = {name: params[name] for name in ("dbname", "user", "password", "host", "port")}
            self.lines[os.getpid()] = psycopg.connect(
                **where, autocommit=True, application_name=CLOCK
            )
        return self.lines[os.getpid()]

    def forward(self, by: timedelta) -> None:
        """Let so much time pass."""
        self.line.execute("UPDATE settable.clock SET shift = shift + %s", [by])

    def now(self) -> datetime:
        """What the engine takes for the time."""
        (moment,) = self.line.execute("SELECT settable.clock_timestamp()").fetchone() or ()
        return moment

    def stop(self) -> None:
        """Give the connection of this process back."""
        self.lines.pop(os.getpid()).close()

    def beside(self, url: str) -> str:
        """The address of the same database, for a process that is to follow this clock."""
        return f"{url}{'&' if '?' in url else '?'}options={quote(SEARCH)}"
