"""The alarm: whatever makes work stand still, one number says so within a minute."""

import os
import signal
from datetime import timedelta

import pytest

from apps.coordination import hints
from apps.coordination.events import publish
from apps.coordination.models import Run, Step
from apps.coordination.registry import registry
from apps.ops.lateness import LATE, oldest_due
from tests.make.doctor import findings, healthy_desk
from tests.make.garden import GARDENER, NIGHT, SeedSown, release
from tests.make.passing import time_passes
from tests.make.processes import COORDINATOR, WORKER, running, wait_until
from tests.make.servers import closed_port
from tests.make.stories import ParcelPosted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]
A_MINUTE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def first_release(monkeypatch):
    monkeypatch.setattr(registry, "flows", dict(registry.flows))
    release(1)
    hints.valkey().delete("celery")


def post(to="elm", by="keyed"):
    publish(ParcelPosted(to=to, by=by))


def state():
    return Run.objects.values_list("state", flat=True).get()


def asking():
    """The worker holds a lease and no lock: it is on the way to the courier."""
    return Step.objects.filter(name="carry").exists()


def everybody_is_done():
    return not Run.objects.exclude(state="done").exists()


def the_alarm_rings():
    """After a minute, and not before: the runs of a test are young."""
    assert oldest_due() < LATE
    time_passes(A_MINUTE)
    return oldest_due() > LATE


def test_i20_without_any_worker_the_alarm_rings_within_a_minute():
    with running(COORDINATOR):
        post()
        wait_until(lambda: Run.objects.filter(signals__gt=1).exists())

        assert the_alarm_rings()

        with running(WORKER):
            wait_until(everybody_is_done)
    assert oldest_due() == 0


def test_i20_with_a_frozen_worker_the_alarm_rings_within_a_minute_though_it_holds_a_lease():
    with running(COORDINATOR, WORKER) as (_, worker):
        post(by="slow")
        wait_until(asking)
        os.killpg(worker.pid, signal.SIGSTOP)

        assert the_alarm_rings()

        with running(WORKER):
            wait_until(lambda: Run.objects.get().takeovers == 1)
            wait_until(lambda: state() == "running")
        os.killpg(worker.pid, signal.SIGCONT)


def test_i20_behind_a_frozen_worker_the_alarm_rings_for_what_it_took_and_never_began():
    with running(COORDINATOR, WORKER) as (_, worker):
        post(by="slow")
        wait_until(asking)
        os.killpg(worker.pid, signal.SIGSTOP)
        post(to="oak")
        time_passes(A_MINUTE / 2)

        assert oldest_due() > LATE


def test_i20_without_a_coordinator_the_alarm_rings_for_what_a_lost_hint_left_behind(settings):
    with running(WORKER):
        settings.COORDINATION_HINTS = False
        post()

        assert the_alarm_rings()

        with running(COORDINATOR):
            wait_until(everybody_is_done)


def test_i20_without_a_coordinator_the_alarm_rings_for_a_timer_that_nobody_fires():
    with running(GARDENER):
        publish(SeedSown(pot="rose"))
        wait_until(lambda: state() == "waiting")
        time_passes(NIGHT)

        assert the_alarm_rings()

        with running(COORDINATOR):
            wait_until(everybody_is_done)


def test_i20_without_broker_and_coordinator_the_alarm_rings_and_the_numbers_are_told(
    client, settings
):
    healthy_desk()
    settings.METRICS_KEY = "a long random text"
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"
    hints.valkey.cache_clear()
    try:
        post()
        assert the_alarm_rings()
        told = client.get("/metrics", headers={"authorization": "Bearer a long random text"})
        said = {finding.name for finding in findings()}
    finally:
        hints.valkey.cache_clear()

    assert told.status_code == 200
    assert b"\nsupportcoord_broker_up 0\n" in told.content
    assert {"broker_away", "no_coordinator", "nobody_works"} <= said


def test_i20_a_desk_that_works_never_comes_near_the_alarm():
    seen = []
    with running(COORDINATOR, WORKER):
        post()
        wait_until(everybody_is_done)
        for number in range(60):
            post(to=f"street {number % 6}")
        wait_until(lambda: seen.append(oldest_due()) or everybody_is_done())

    assert max(seen) < LATE
