"""A worker that is frozen past its leases and thaws, or is told to stop: nothing is repeated."""

import os
import signal
from datetime import timedelta

import pytest

from apps.coordination.events import publish
from apps.coordination.models import Attempt, Event, Run, Step
from tests.make.anvils import AnvilPosted
from tests.make.notebook import note, notes
from tests.make.parcels import done, each_step_happened_once, post
from tests.make.passing import time_passes
from tests.make.processes import COORDINATOR, WORKER, backends, kill, running, start, wait_until
from tests.make.stories import ParcelPosted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.stack,
    pytest.mark.timeout(300),
]
LEASE_OVER = timedelta(seconds=31)
ONE_HAND = [*WORKER, "-c", "1"]


def everything_about(key):
    """All that is written down about a stream and its run."""
    run = Run.objects.filter(serial_key=key)
    steps, events = Step.objects.filter(run__in=run), Event.objects.filter(stream=key)
    return [list(found.order_by("pk").values()) for found in (run, steps, events)]


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

    each_step_happened_once(80)


def test_i7_a_worker_frozen_inside_a_step_delays_its_own_run_alone_and_changes_nothing(notebook):
    with running(COORDINATOR, ONE_HAND) as (_, frozen):
        publish(AnvilPosted(to="elm", how="is held"))
        wait_until(lambda: notes("lifted elm") != [])
        os.killpg(frozen.pid, signal.SIGSTOP)
        note("let go")
        with running(ONE_HAND) as (other,):
            post(20)
            wait_until(lambda: done() == 20)
            beside, holds = everything_about("street:elm"), backends()
            wait_until(lambda: done() == 21, seconds=100)
            kill(other)
        taken_over, still_holds = everything_about("street:elm"), backends()
        os.killpg(frozen.pid, signal.SIGCONT)
        publish(ParcelPosted(to="oak"))
        wait_until(lambda: done() == 22)

    first, second = notes("lifted elm")
    ((run,), steps, events) = beside
    assert (run["state"], run["fence"], steps, len(events)) == ("running", 1, [], 1)
    assert first["backend"] in holds - still_holds
    assert first["pid"] != second["pid"]
    assert [event["type"] for event in taken_over[2]] == ["AnvilPosted", "ParcelWeighed"]
    assert everything_about("street:elm") == taken_over
    assert Step.objects.get(name="lift").run_id == run["id"]


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
