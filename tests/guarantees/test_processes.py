"""Promises about processes, with real ones: a Celery worker, a coordinator, kill -9."""

import os
import signal
import time
from pathlib import Path

import pytest
from django.db import connection

from apps.coordination.events import publish
from apps.coordination.hints import valkey
from apps.coordination.models import Run
from tests.make.parcels import done, each_step_happened_once, post
from tests.make.processes import COORDINATOR, WORKER, backends, kill, running, start, wait_until
from tests.make.stories import ParcelPosted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]


def children_of(process):
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(child) for child in listed.split()]


def cut(pids):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [list(pids)])
    wait_until(lambda: not pids & backends())


def test_a_killed_worker_loses_nothing_and_repeats_no_step():
    with running(COORDINATOR) as _:
        worker = start(WORKER)
        post(100)
        wait_until(lambda: done() >= 20)
        kill(worker)
        survivors = done()
        with running(WORKER):
            wait_until(lambda: done() == 100)

    assert survivors < 100
    each_step_happened_once(100)


def test_an_emptied_broker_costs_time_and_no_work():
    post(30)
    valkey().flushdb()

    with running(COORDINATOR, WORKER):
        wait_until(lambda: done() == 30)

    each_step_happened_once(30)


def test_three_coordinators_and_repeated_hints_do_the_work_once():
    with running(COORDINATOR, COORDINATOR, COORDINATOR, WORKER, WORKER):
        post(60)
        wait_until(lambda: done() == 60)

    each_step_happened_once(60)


def test_a_worker_keeps_its_connections_and_replaces_those_that_were_cut():
    with running(WORKER):
        post(20)
        wait_until(lambda: done() == 20)
        kept = backends()
        post(20)
        wait_until(lambda: done() == 40)
        still_there = kept & backends()
        cut(kept)
        post(20)
        wait_until(lambda: done() == 60)

    assert kept
    assert still_there == kept
    each_step_happened_once(60)


def test_a_killed_child_is_taken_over_without_waiting_for_its_lease():
    with running(COORDINATOR, WORKER) as (_, worker):
        publish(ParcelPosted(to="elm", by="slow"))
        wait_until(lambda: Run.objects.filter(state="running").exists())
        for child in children_of(worker):
            os.kill(child, signal.SIGKILL)
        killed = time.monotonic()
        wait_until(lambda: Run.objects.get().takeovers == 1, seconds=20)

    # The worker waits for two seconds, to be sure that the child is gone; the lease has thirty.
    assert time.monotonic() - killed < 10
