"""Asking PostgreSQL and Valkey for the facts, with few and cheap questions."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.channels.services.scanning import why_no_scanner
from apps.coordination.hints import backlog
from apps.coordination.ledger import HELD_BACK
from apps.coordination.queries import missing_versions
from apps.coordination.registry import registry
from apps.coordination.rules import MAX_TAKEOVERS
from apps.coordination.services.sweeping import FULL_BACKLOG
from apps.core.db import rows
from apps.ops.doctor.types import (
    Engine,
    Facts,
    OpenTransaction,
    Parked,
    Quarantine,
    RunFacts,
    Server,
    Table,
    Troubled,
    Work,
)
from apps.ops.mailing import mail
from apps.ops.metrics import broker_answers
from apps.triage.queries import has_live_model

MOST = 200
DEPTH = 5
"""How many runs, one behind the other, are named."""

HELD_BY = HELD_BACK.replace("EXISTS (SELECT 1", "(SELECT min(o.id)", 1)
"""The engine's own question, asked for the run that it finds."""

RUNS = f"""
    SELECT r.id, r.flow, r.version, r.serial_key, r.state,
           EXTRACT(epoch FROM r.due_at - clock_timestamp())::float,
           EXTRACT(epoch FROM r.lease_until - clock_timestamp())::float,
           r.lease_owner, r.attempts, r.takeovers, r.signals, r.error_code, r.error, r.waits_for,
           r.undoing,
           EXTRACT(epoch FROM clock_timestamp() - COALESCE(
               CASE WHEN r.state IN ('dead', 'in_doubt') THEN r.parked_at END,
               (SELECT max(s.started_at) FROM coordination_step s
                 WHERE r.state = 'waiting' AND s.run_id = r.id AND s.state = 'started'),
               r.created_at))::float,
           CASE WHEN r.state IN ('ready', 'waiting') THEN COALESCE(
               (SELECT o.id FROM coordination_run o
                 WHERE o.serial_key = r.serial_key AND o.state = 'running'),
               {HELD_BY}) END
      FROM coordination_run r"""  # noqa: S608 - composed of constants

NAMES = [
    *("id", "flow", "version", "key", "state", "due_in", "lease_left", "lease_owner"),
    *("attempts", "takeovers", "signals", "error_code", "error", "waits_for", "undoing"),
    "since",
]

DUE = """
     WHERE r.state IN ('ready', 'running', 'waiting') AND r.due_at <= statement_timestamp()
     ORDER BY r.due_at LIMIT %(most)s"""

LOSING = """
     WHERE r.state IN ('ready', 'running', 'waiting') AND r.takeovers > 1
     ORDER BY r.takeovers DESC LIMIT %(most)s"""

THESE = " WHERE r.id = ANY(%(ids)s)"

PARKED = """
    WITH parked AS (
        SELECT state, flow, destination, error_code, count(*) AS count, min(id) AS oldest,
               min(parked_at) AS since
          FROM coordination_run WHERE state IN ('dead', 'in_doubt') GROUP BY 1, 2, 3, 4)
    SELECT p.state, p.flow, p.destination, p.error_code, r.error, p.count, p.oldest,
           EXTRACT(epoch FROM clock_timestamp() - COALESCE(p.since, r.created_at))::float
      FROM parked p JOIN coordination_run r ON r.id = p.oldest
     ORDER BY p.count DESC, p.oldest LIMIT 20"""

TROUBLED = """
    SELECT destination, failures,
           EXTRACT(epoch FROM GREATEST(open_until, probe_until) - clock_timestamp())::float,
           EXTRACT(epoch FROM clock_timestamp() - changed_at)::float, last_error
      FROM coordination_breaker WHERE open_until IS NOT NULL ORDER BY failures DESC, destination"""

ENGINE = """
    SELECT (SELECT EXTRACT(epoch FROM clock_timestamp() - max(at))::float
              FROM coordination_heartbeat WHERE kind = 'coordinator'),
           EXISTS (SELECT 1 FROM coordination_run
                    WHERE state = 'running' AND lease_until > clock_timestamp())
           OR EXISTS (SELECT 1 FROM coordination_run WHERE state IN ('done', 'cancelled')
                         AND finished_at > statement_timestamp() - interval '10 s'),
           (SELECT EXTRACT(epoch FROM clock_timestamp() - min(finished_at))::float / 86400
              FROM coordination_run WHERE state IN ('done', 'cancelled'))"""

CONNECTIONS = """
    SELECT count(*), count(*) FILTER (WHERE datname = current_database()),
           current_setting('max_connections')::int
               - current_setting('superuser_reserved_connections')::int
               - COALESCE(current_setting('reserved_connections', true)::int, 0),
           (SELECT datconnlimit FROM pg_database WHERE datname = current_database())
      FROM pg_stat_activity WHERE backend_type = 'client backend'"""

TRANSACTIONS = """
    WITH waiting AS (
        SELECT unnest(pg_blocking_pids(pid)) AS blocker FROM pg_stat_activity
         WHERE wait_event_type = 'Lock')
    SELECT pid, COALESCE(NULLIF(application_name, ''), usename), state,
           EXTRACT(epoch FROM clock_timestamp() - xact_start)::float,
           (SELECT count(*) FROM waiting WHERE blocker = a.pid)
      FROM pg_stat_activity a
     WHERE datname = current_database() AND backend_type = 'client backend'
       AND xact_start IS NOT NULL AND pid != pg_backend_pid()
     ORDER BY xact_start LIMIT 10"""

TABLES = """
    SELECT relname, pg_total_relation_size(relid), n_live_tup, n_dead_tup
      FROM pg_stat_user_tables ORDER BY 2 DESC"""


QUARANTINE = """
    SELECT count(*), COALESCE(min(id), 0),
           COALESCE(EXTRACT(epoch FROM clock_timestamp() - min(decided_at))::float, 0),
           count(*) FILTER (WHERE decided_at > statement_timestamp() - interval '1 day')
      FROM (SELECT id, decided_at FROM channels_receivedmail WHERE outcome = 'quarantined'
             ORDER BY id DESC LIMIT 10000) held"""


def facts() -> Facts:
    """Everything that the rules look at. Raises DatabaseError."""
    return Facts(
        server=server(), engine=engine(), work=work(), mail=mail(), quarantine=quarantine()
    )


def server() -> Server:
    """PostgreSQL itself."""
    ((everybody, ours, most, limit),) = rows(CONNECTIONS, {})
    ours_matter = limit >= 0 and ours * most > everybody * limit
    return Server(
        connections=ours if ours_matter else everybody,
        most_connections=limit if ours_matter else most,
        ahead=ahead(),
        transactions=tuple(
            OpenTransaction(pid=pid, who=who, doing=doing, seconds=seconds, blocks=blocks)
            for pid, who, doing, seconds, blocks in rows(TRANSACTIONS, {})
        ),
        tables=tuple(
            Table(name=name, size=size, rows=alive, dead=dead)
            for name, size, alive, dead in rows(TABLES, {})
        ),
    )


def ahead() -> float:
    """How far this machine's clock is before the database's."""
    before = time.time()
    theirs = rows("SELECT EXTRACT(epoch FROM clock_timestamp())::float", {})[0][0]
    return (before + time.time()) / 2 - float(theirs)


def engine() -> Engine:
    """Who is there to do the work."""
    ((silence, working, oldest_over_days),) = rows(ENGINE, {})
    return Engine(
        hints=settings.COORDINATION_HINTS,
        broker_answers=broker_answers(),
        backlog=backlog(),
        full_backlog=FULL_BACKLOG,
        silence=silence,
        working=working,
        troubled=tuple(
            Troubled(destination=name, failures=failures, left=left, ago=ago, error=error)
            for name, failures, left, ago, error in rows(TROUBLED, {})
        ),
        model=has_live_model(),
        scanner_problem=why_no_scanner(),
        kept_days=settings.RUNS_KEPT_DAYS,
        oldest_over_days=oldest_over_days,
    )


def work() -> Work:
    """What is not done yet."""
    names = ("state", "flow", "destination", "error_code", "error", "count", "oldest", "since")
    return Work(
        due=tuple(runs(DUE, most=MOST)),
        losing=tuple(runs(LOSING, most=MOST)),
        most_takeovers=MAX_TAKEOVERS,
        parked=tuple(Parked(**dict(zip(names, row, strict=True))) for row in rows(PARKED, {})),
        missing=tuple(missing_versions()),
        desk=f"{settings.SITE_URL}{reverse('admin:coordination_run_letters')}",
    )


def quarantine() -> Quarantine:
    """What was held back for a person, as far as it is counted."""
    ((count, oldest, since, of_today),) = rows(QUARANTINE, {})
    page = f"{settings.SITE_URL}{reverse('admin:channels_quarantine')}"
    return Quarantine(count=count, oldest=oldest, since=since, of_today=of_today, page=page)


def runs(which: str, *, depth: int = DEPTH, **params: Any) -> list[RunFacts]:
    """Runs as the database's clock sees them, each with the one that it stands behind."""
    found = [(shaped(row[:-1]), row[-1]) for row in rows(RUNS + which, params)]
    blockers = {blocker for _, blocker in found if blocker}
    if not blockers or not depth:
        return [run for run, _ in found]
    known = {run.id: run for run in runs(THESE, depth=depth - 1, ids=list(blockers))}
    return [replace(run, behind=known.get(blocker)) for run, blocker in found]


def shaped(row: Iterable[Any]) -> RunFacts:
    """One row as facts."""
    values = dict(zip(NAMES, row, strict=True))
    known = (values["flow"], values["version"]) in registry.flows
    return RunFacts(**values | {"waits_for": tuple(values["waits_for"])}, known=known)
