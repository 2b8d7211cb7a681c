"""The engine refuses a database that could lose what it acknowledged, and says what to do."""

import subprocess
import sys

import pytest
from django.db import connection

from apps.coordination.services.safety import UnsafeDatabase, refuse_unsafe_database
from tests.drill.servers import LastingPostgres
from tests.make.own_postgres import Standby, at_home
from tests.make.processes import COORDINATOR, ROOT, environment, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def server_says(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def what_is_wrong():
    """What the engine has against the database, if anything."""
    try:
        refuse_unsafe_database()
    except UnsafeDatabase as error:
        return str(error)
    return ""


def coordinator(server):
    """How a coordinator ends that is started on a server, and what it says."""
    place = environment() | {"DATABASE_URL": server.url("postgres")}
    command = [sys.executable, *COORDINATOR]
    return subprocess.run(
        command, cwd=ROOT, env=place, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def primary(tmp_path, transactional_db):
    server = LastingPostgres(tmp_path / "primary")
    with at_home(server):
        yield server


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_i18_the_engine_refuses_a_database_that_may_lose_commits(primary, setting):
    assert what_is_wrong() == ""

    server_says(f"ALTER SYSTEM SET {setting} = off")
    server_says("SELECT pg_reload_conf()")
    wait_until(lambda: server_says(f"SHOW {setting}") == "off")

    assert what_is_wrong() == (
        f"PostgreSQL runs with {setting} = off: it could lose what we acknowledged. "
        f"Set {setting} = on."
    )


@pytest.mark.stack
def test_i18_the_engine_refuses_a_replica(primary, tmp_path):
    sentence = (
        "PostgreSQL runs with recovery = on: it could lose what we acknowledged. "
        "Point DATABASE_URL at the primary server."
    )
    replica = Standby(tmp_path / "replica", primary)

    with at_home(replica):
        refused = what_is_wrong()
        started = coordinator(replica)

    assert refused == sentence
    assert (started.returncode, started.stderr.strip()) == (1, f"CommandError: {sentence}")
