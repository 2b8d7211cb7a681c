"""Wake-ups are hints: none leaves before its cause commits, and one that is lost is sent again."""

import json
from base64 import b64decode
from datetime import timedelta

import pytest
from django.db import transaction

from apps.coordination import hints, runtime
from apps.coordination.events import publish
from apps.coordination.models import Run
from apps.coordination.services import sweeping
from tests.make.stories import ParcelPosted
from tests.make.travelling import Travel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_broker():
    lose_every_wake_up()
    yield
    lose_every_wake_up()


def lose_every_wake_up():
    hints.valkey().flushdb()


def wake_ups():
    """The runs that the broker holds wake-ups for; a worker takes them and nothing else."""
    queue = hints.valkey().lrange("celery", 0, -1)
    hints.valkey().delete("celery")
    return [json.loads(b64decode(json.loads(told)["body"]))[0][0] for told in queue]


def post():
    publish(ParcelPosted(to="elm"))
    return Run.objects.latest("pk")


def test_i3_a_wake_up_leaves_after_the_commit_of_its_cause():
    with transaction.atomic():
        post()
        before = hints.backlog()

    assert (before, hints.backlog()) == (0, 1)


def test_i2_a_run_finishes_though_every_hint_is_lost(clock, notebook):
    plan = ("note pack", "keyed ticket", "wait gate", "wait nobody", "sleep night", "note board")
    travel = Travel(clock, "quiet", plan, signed=("gate",), troubles={"ticket": ("away",)})
    run, woken = travel.book(), 0

    for _ in range(12):
        travel.sign(travel.run())
        lose_every_wake_up()
        clock.forward(timedelta(hours=12))
        sweeping.sweep()
        woken += sum(runtime.advance(run_id=run_id) for run_id in wake_ups())

    assert (travel.run().pk, travel.run().state) == (run.pk, "done")
    assert list(travel.wrongs()) == []
    # It began, tried again, heard the gate, waited in vain, and slept until the morning.
    assert woken == 5


def test_i2_a_wake_up_that_could_not_be_sent_counts_as_not_sent(clock, settings):
    settings.COORDINATION_HINTS = False
    post()
    clock.forward(timedelta(seconds=10))
    sent = sweeping.sweep()
    settings.COORDINATION_HINTS = True

    assert (sent, hints.backlog()) == (0, 0)
    assert sweeping.sweep() == 1
    assert hints.backlog() == 1


def test_i2_a_wake_up_that_was_sent_and_lost_is_sent_again(clock):
    post()
    lose_every_wake_up()

    assert sweeping.sweep() == 0
    clock.forward(timedelta(seconds=10))
    assert sweeping.sweep() == 1
    assert hints.backlog() == 1


def test_i2_the_lease_of_a_dead_worker_is_an_occasion_to_wake_another(clock):
    run = post()
    runtime.take(run.pk, owner="dead")
    lose_every_wake_up()

    assert sweeping.sweep() == 0
    clock.forward(timedelta(seconds=31))
    assert sweeping.sweep() == 1
