"""A worker that is frozen past its leases and thaws, or is told to stop: nothing is repeated."""

import os
import signal
from datetime import timedelta

import pytest
from django.db.models import Count

from apps.coordination.events import publish
from apps.coordination.models import Attempt, Event, Run, Step
from tests.make.passing import time_passes
from tests.make.processes import COORDINATOR, WORKER, kill, running, start, wait_until
from tests.make.stories import ParcelPosted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]
LEASE_OVER = timedelta(seconds=31)


def post(count):
    for number in range(count):
        publish(ParcelPosted(to=f"street {number % 20}"))


def done():
    return Run.objects.filter(state="done").count()


def test_i7_a_worker_frozen_past_its_leases_repeats_nothing_and_works_on_when_it_thaws():
    with running(COORDINATOR, WORKER) as (_, frozen):
        post(60)
        wait_until(lambda: done() >= 5)
        os.killpg(frozen.pid, signal.SIGSTOP)
        time_passes(LEASE_OVER)
        with running(WORKER) as (other,):
            wait_until(lambda: done() == 60, seconds=90)
            kill(other)
        os.killpg(frozen.pid, signal.SIGCONT)
        post(20)
        wait_until(lambda: done() == 80)

    steps = Step.objects.filter(state="done").values("name").annotate(times=Count("pk"))
    assert {step["name"]: step["times"] for step in steps} == {"weigh": 80, "carry": 80}
    assert Event.objects.filter(type="ParcelWeighed").count() == 80


def test_i2_a_worker_told_to_stop_under_load_leaves_no_lease_and_burns_no_attempt():
    with running(COORDINATOR):
        for deploy in range(1, 4):
            worker = start(WORKER)
            post(30)
            wait_until(lambda deploy=deploy: done() >= deploy * 10)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(40) == 0
            assert not Run.objects.filter(state="running").exists()
        with running(WORKER):
            wait_until(lambda: done() == 90)

    assert not Run.objects.exclude(takeovers=0, attempts=0).exists()
    assert Attempt.objects.count() == 90
