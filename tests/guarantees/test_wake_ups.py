"""Wake-ups are hints: none leaves before its cause commits, and one that is lost is sent again."""

from datetime import timedelta

import pytest
from django.db import transaction

from apps.coordination import hints, runtime
from apps.coordination.events import publish
from apps.coordination.models import Run
from apps.coordination.services import sweeping
from tests.make.stories import ParcelPosted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_broker():
    hints.valkey().flushdb()
    yield
    hints.valkey().flushdb()


def post():
    publish(ParcelPosted(to="elm"))
    return Run.objects.latest("pk")


def test_i3_a_wake_up_leaves_after_the_commit_of_its_cause():
    with transaction.atomic():
        post()
        before = hints.backlog()

    assert (before, hints.backlog()) == (0, 1)


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
    hints.valkey().flushdb()

    assert sweeping.sweep() == 0
    clock.forward(timedelta(seconds=10))
    assert sweeping.sweep() == 1
    assert hints.backlog() == 1


def test_i2_the_lease_of_a_dead_worker_is_an_occasion_to_wake_another(clock):
    run = post()
    runtime.take(run.pk, owner="dead")
    hints.valkey().flushdb()

    assert sweeping.sweep() == 0
    clock.forward(timedelta(seconds=31))
    assert sweeping.sweep() == 1
