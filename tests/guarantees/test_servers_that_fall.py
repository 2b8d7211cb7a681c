"""PostgreSQL crashes, or has no connection left: what it said yes to is there and is done once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import Error, connection

from apps.coordination import hints
from apps.coordination.events import publish
from apps.coordination.models import Event, Heartbeat, Run
from tests.make.own_postgres import own_postgres
from tests.make.parcels import done, each_step_happened_once, post
from tests.make.passing import time_passes
from tests.make.processes import COORDINATOR, WORKER, running, wait_until
from tests.make.stories import ParcelPosted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.stack,
    pytest.mark.timeout(300),
]
LEASE_OVER = timedelta(seconds=31)
MANY_HANDS = [*WORKER, "-c", "12"]


@pytest.fixture
def postgres(tmp_path, transactional_db):
    with own_postgres(tmp_path / "postgres") as server:
        yield server


@contextmanager
def somebody_who_publishes() -> Iterator[list[int]]:
    """Post parcels all the time; yields the numbers of those that were acknowledged."""
    acknowledged, over = [], Flag()

    def publish_on():
        for number in count():
            try:
                publish(ParcelPosted(to=f"number {number}"))
                acknowledged.append(number)
            except Error:
                connection.close()
            if over.wait(0.01):
                break
        connection.close()

    thread = Thread(target=publish_on)
    thread.start()
    try:
        yield acknowledged
    finally:
        over.set()
        thread.join()


def there():
    """The numbers of the parcels that the log knows."""
    posted = Event.objects.filter(type="ParcelPosted").values_list("payload__to", flat=True)
    return [int(to.removeprefix("number ")) for to in posted]


def no_wake_up_is_left():
    return hints.backlog() == 0


def somebody_is_at_work():
    return Run.objects.filter(state="running").exists()


def everything_is_done():
    return not Run.objects.exclude(state="done").exists()


def test_i18_what_postgresql_acknowledged_outlives_its_crashes_and_is_done_once(postgres):
    with running(COORDINATOR, WORKER, **postgres.place) as (coordinator, worker):
        with somebody_who_publishes() as acknowledged:
            for number in (signal.SIGQUIT, signal.SIGKILL):
                more = len(acknowledged) + 30
                wait_until(lambda more=more: min(len(acknowledged), done()) >= more)
                wait_until(somebody_is_at_work)
                postgres.crash(number)
                postgres.again()
            more = len(acknowledged) + 30
            wait_until(lambda: len(acknowledged) >= more)
        time_passes(LEASE_OVER)
        wait_until(everything_is_done, seconds=100)
        ended = coordinator.poll(), worker.poll()

    known = there()
    assert ended == (None, None)
    assert set(acknowledged) <= set(known)
    assert len(known) == len(set(known)) == Run.objects.count()
    each_step_happened_once(len(known))


def test_i2_while_every_connection_is_taken_work_waits_and_afterwards_all_of_it_is_done(postgres):
    postgres.allow(12)
    with running(COORDINATOR, WORKER, **postgres.place) as (coordinator, worker):
        post(20)
        wait_until(lambda: done() == 20)
        with postgres.taken():
            post(20)
            wait_until(no_wake_up_is_left)
            with somebody_who_publishes() as acknowledged:
                wait_until(lambda: postgres.refusals > 10)
            meanwhile = done(), len(acknowledged)
        wait_until(lambda: done() == 40)
        ended = coordinator.poll(), worker.poll()

    assert meanwhile == (20, 0)
    assert ended == (None, None)
    each_step_happened_once(40)


def test_i2_more_hands_than_connections_lose_nothing_and_repeat_nothing(postgres):
    postgres.allow(12)
    post(200)
    with running(COORDINATOR, **postgres.place) as (coordinator,):
        wait_until(Heartbeat.objects.filter(kind="coordinator").exists)
        with running(MANY_HANDS, **postgres.place) as (worker,):
            wait_until(lambda: done() == 200, seconds=100)
            ended = coordinator.poll(), worker.poll()

    assert postgres.refusals > 0
    assert ended == (None, None)
    each_step_happened_once(200)
