"""A little day at the desk that went well, as the drill's judge reads it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from apps.ops.stack.preflight import entrance
from tests.drill import load
from tests.drill.facts import Facts, read_facts
from tests.drill.journal import Journal
from tests.drill.prepare import fill, key, started_by
from tests.drill.sink import PostOffice
from tests.drill.standin import Desk, Moods, Server, Store
from tests.make.engine import drain


@contextmanager
def standing_in(journal: Path) -> Iterator[tuple[str, int]]:
    """The stand-in, well-behaved, in threads of this process."""
    Desk.store, Desk.moods = Store(journal), Moods("1")
    Desk.moods.well = True
    web = Server(("127.0.0.1", 0), Desk)
    office = PostOffice(0, Desk.store.journal, Desk.moods)
    for server in (web, office):
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}", office.server_address[1]
    for server in (web, office):
        server.shutdown()
        server.server_close()


def live_through(url: str, journal: Path) -> None:
    """Each thing that a client of the drill does, once or twice, brought to its end."""
    desk = load.Desk(url, key(), Journal(journal), "1", 1.0, threading.Event(), [])
    client = load.Client(desk, 1)
    desk.hot = load.open_the_few(client)[:1]
    for _ in range(2):
        client.follow_up()
        client.write("note")
        client.write("reply")
    client.same_mail_twice()
    client.new_ticket()
    drain()
    client.review()
    drain()


def read(load_journal: Path, outside: Path) -> Facts:
    """What the judge reads of it."""
    with psycopg.connect(**entrance(connection.settings_dict)) as line:
        return read_facts(line, load=load_journal, outside=outside, started_by=started_by())


def take_away_behind_its_back() -> None:
    """Remove a run from the database, whatever its triggers say."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM coordination_run WHERE serial_key = 'mail:1'")
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture(scope="module")
def before_and_after(django_db_setup, django_db_blocker, live_server, tmp_path_factory):
    """The facts of such a day, and those after somebody took a run away from the database."""
    folder = tmp_path_factory.mktemp("day")
    load_journal, outside = folder / "load.jsonl", folder / "standin.jsonl"
    with django_db_blocker.unblock(), standing_in(outside) as (address, mail_port):
        told = override_settings(
            SUPPORTCOORD_ALLOW_PRIVATE_HOSTS=["127.0.0.1"],
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=mail_port,
        )
        with told:
            call_command("flush", interactive=False, verbosity=0)
            fill(address)
            live_through(live_server.url, load_journal)
            before = read(load_journal, outside)
            take_away_behind_its_back()
            after = read(load_journal, outside)
            call_command("flush", interactive=False, verbosity=0)
            connection.close()
    for number, event in enumerate(sorted(before.events, key=lambda event: event["id"])):
        event["committed"] = float(number)
    return before, after


@pytest.fixture
def facts(before_and_after):
    """The facts of a day that went well, to tamper with."""
    return deepcopy(before_and_after[0])
