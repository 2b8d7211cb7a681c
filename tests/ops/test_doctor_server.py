"""The doctor on PostgreSQL and this machine: reachable, safe, migrated, with room and on time."""

import re
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from apps.ops import health
from apps.ops.doctor.asking import TRANSACTIONS
from apps.ops.doctor.rules import server as rules
from apps.ops.stack.preflight import entrance
from tests.make.doctor import findings, healthy_desk, only_finding
from tests.make.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def desk():
    healthy_desk()


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def another(**settings):
    """One more process that talks to the database."""
    return psycopg.connect(**entrance(connection.settings_dict), **settings)


def test_a_database_that_does_not_answer_is_the_only_thing_told():
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = 1
    try:
        found = only_finding("database_away")
    finally:
        connection.settings_dict["PORT"] = port

    name = connection.settings_dict["NAME"]
    assert found.wrong == (
        f"The database {name} at 127.0.0.1:1, which DATABASE_URL names, refuses: "
        f"Connection refused."
    )
    assert found.cure == "Start PostgreSQL, or correct DATABASE_URL."


def test_a_database_that_may_lose_commits_is_told_with_its_cure():
    ask("SET synchronous_commit = off")
    try:
        found = only_finding("unsafe_database")
    finally:
        connection.close()

    assert found.wrong == (
        "PostgreSQL runs with synchronous_commit = off: it could lose what we acknowledged."
    )
    assert found.cure == "Set synchronous_commit = on."


def test_tables_of_another_release_are_the_only_thing_told():
    health.all_applied.cache_clear()
    latest = MigrationRecorder.Migration.objects.filter(app="desk").order_by("-pk").first()
    latest = latest or MigrationRecorder.Migration.objects.filter(app="review").latest("pk")
    MigrationRecorder.Migration.objects.filter(pk=latest.pk).delete()
    try:
        found = only_finding("not_migrated")
    finally:
        latest.save()

    assert found.wrong == "The tables are those of another release: 1 migration is to apply."
    assert found.cure == "Run `manage.py migrate`."
    assert findings() == []


@pytest.mark.parametrize(("seconds", "which"), [(3600, "60 min ahead of"), (-90, "90 s behind")])
def test_a_clock_that_is_wrong_is_told_with_how_much(seconds, which):
    (now,) = ask("SELECT extract(epoch FROM clock_timestamp())::float")[0]

    with time_machine.travel(now + seconds, tick=True):
        found = only_finding("clock_skew")

    assert found.wrong == f"This machine's clock is {which} the database's."
    assert (
        found.cure
        == "Set both by NTP: runs go by the database's clock, times on pages by this one."
    )


def test_connections_that_run_short_are_counted():
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    others = [another() for _ in range(4)]
    ask(f"ALTER DATABASE {name} CONNECTION LIMIT 6")
    try:
        found = only_finding("connections_short")
    finally:
        ask(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        for other in others:
            other.close()

    # The doctor's own first look may just be leaving.
    assert re.fullmatch(r"[56] of 6 connections that PostgreSQL allows are taken\.", found.wrong)
    assert found.cure == "Raise max_connections, or run fewer processes."


def test_a_transaction_that_others_wait_for_is_named(monkeypatch):
    monkeypatch.setattr(rules, "BLOCKS_TOO_LONG", 0.0)
    with another(application_name="import") as holder, another() as waiter:
        holder.execute("UPDATE coordination_heartbeat SET kind = 'held'")
        holder.execute("UPDATE coordination_heartbeat SET kind = 'coordinator'")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(waiter.execute, "UPDATE coordination_heartbeat SET at = now()")
            pid = holder.info.backend_pid
            wait_until(lambda: any(row[0] == pid and row[4] for row in ask(TRANSACTIONS)))
            found = only_finding("long_transaction")
            holder.rollback()

    assert found.wrong == (
        f"A transaction of import (process {pid}) is open for 0 s (idle in transaction); 1 other "
        f"waits for it."
    )
    assert found.cure == (
        f"If nobody needs it, end it in psql: SELECT pg_terminate_backend({pid});"
    )


def test_a_transaction_that_stays_open_is_named_though_nobody_waits(monkeypatch):
    monkeypatch.setattr(rules, "OPEN_TOO_LONG", 0.0)
    with another(application_name="report") as reader:
        reader.execute("SELECT 1")
        pid = reader.info.backend_pid

        found = only_finding("long_transaction")

    assert found.wrong == (
        f"A transaction of report (process {pid}) is open for 0 s (idle in transaction); "
        f"dead rows stay until it ends."
    )


def test_short_transactions_are_nobodys_trouble():
    with another() as reader:
        reader.execute("SELECT 1")

        assert findings() == []


def test_a_table_that_is_more_dead_than_alive_is_named():
    ask("CREATE TABLE crumbs (id int) WITH (autovacuum_enabled = off)")
    try:
        ask("INSERT INTO crumbs SELECT generate_series(1, 12000)")
        ask("DELETE FROM crumbs WHERE id > 500")
        ask("SELECT pg_stat_force_next_flush()")
        found = only_finding("dead_rows")
    finally:
        ask("DROP TABLE crumbs")

    assert found.wrong == "crumbs has 11500 dead rows and 500 living ones in less than 1 MB."
    assert found.cure == "In psql: VACUUM (ANALYZE) crumbs; and see that autovacuum is on."
    assert found.urgent is False
