"""Clocks of workers may be wrong by an hour: the engine goes by the database's alone."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.coordination import hints, ledger
from apps.coordination.events import publish
from apps.coordination.models import Run, Step
from apps.coordination.registry import registry
from apps.escalation.models import Escalation
from apps.escalation.tasks import check_promises
from apps.review.models import Review
from apps.review.tasks import expire_overdue
from tests.make.escalation import targets
from tests.make.garden import GARDENER, NIGHT, CockCrowed, SeedSown, release
from tests.make.passing import time_passes
from tests.make.processes import environment, running, wait_until
from tests.make.review import review
from tests.make.stories import ParcelPosted
from tests.make.tickets import ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]
HOUR = 3600
COORDINATOR = ["-m", "tests.make.elsewhen"]
"""One whose clock is wrong too."""

each_way = pytest.mark.parametrize("ahead", [HOUR, -HOUR], ids=["ahead", "behind"])


@pytest.fixture(autouse=True)
def first_release(monkeypatch):
    monkeypatch.setattr(registry, "flows", dict(registry.flows))
    release(1)
    hints.valkey().delete("celery")


def sown(pot):
    publish(SeedSown(pot=pot))
    return Run.objects.latest("pk")


def state(run):
    run.refresh_from_db()
    return run.state


def how_wrong(run, step):
    """How far the clock of who did a step was before the database's."""
    done = run.steps.get(name=step)
    return done.output - done.finished_at.timestamp()


@each_way
def test_i10_a_worker_whose_clock_is_an_hour_wrong_takes_hints_and_keeps_its_leases(ahead):
    with running(GARDENER, CLOCK_AHEAD=str(ahead)):
        run = sown("rose")
        wait_until(lambda: state(run) == "waiting")
        publish(ParcelPosted(to="elm", by="slow"))
        parcel = Run.objects.latest("pk")
        wait_until(lambda: Step.objects.filter(run=parcel, name="carry").exists())

        parcel.refresh_from_db()
        left = (parcel.lease_until - ledger.database_now()).total_seconds()
        taken = ledger.claim(parcel.pk, owner="another"), ledger.revoke(parcel.pk)

    assert abs(how_wrong(run, "water") - ahead) < 60
    assert 20 < left <= 35
    assert taken == (None, [])


@each_way
def test_i10_a_timer_fires_neither_early_nor_late_whatever_the_clocks_say(ahead):
    with running(COORDINATOR, GARDENER, CLOCK_AHEAD=str(ahead)):
        run, other = sown("rose"), sown("lily")
        wait_until(lambda: (state(run), state(other)) == ("waiting", "waiting"))
        time_passes(NIGHT / 2)
        hints.hint(run.pk)
        publish(CockCrowed(pot="lily"))
        wait_until(lambda: state(other) == "done")
        assert state(run) == "waiting"

    with running(COORDINATOR, GARDENER, CLOCK_AHEAD=str(ahead)):
        time_passes(NIGHT / 2)
        wait_until(lambda: state(run) == "done")

    assert abs(how_wrong(run, "again") - ahead) < 60


def told():
    return list(Escalation.objects.order_by("pk").values_list("promise", "level"))


@each_way
def test_i10_a_worker_an_hour_ahead_escalates_no_ticket_early_and_an_hour_behind_none_late(
    ahead, clock
):
    targets()
    late = ticket(at=timezone.now() - timedelta(hours=6))
    watch = Run.objects.get(flow="watch promises")
    follows = {"DATABASE_URL": clock.beside(environment()["DATABASE_URL"])}

    with running(COORDINATOR, GARDENER, CLOCK_AHEAD=str(ahead), **follows):
        wait_until(lambda: state(watch) == "waiting")
        near = late.created_at + timedelta(hours=8) * 0.8
        assert (told(), abs(watch.due_at - near) < timedelta(seconds=5)) == ([], True)

        clock.forward(timedelta(minutes=25))
        wait_until(lambda: told() == [("first_response", "near")])
        wait_until(lambda: state(watch) == "waiting")
        past = late.created_at + timedelta(hours=8)
        assert abs(watch.due_at - past) < timedelta(seconds=5)

        clock.forward(timedelta(minutes=96))
        wait_until(lambda: told() == [("first_response", "near"), ("first_response", "past")])


@each_way
def test_i10_who_does_the_work_of_dead_flows_goes_by_the_clock_of_the_database(ahead):
    targets()
    for hours in (7.5, 8.5):
        ticket(at=timezone.now() - timedelta(hours=hours))
    for hours in (0.5, 1.5):
        review(due_at=timezone.now() - timedelta(hours=hours))

    with time_machine.travel(timezone.now() + timedelta(seconds=ahead), tick=True):
        check_promises()
        expire_overdue()

    assert told() == [("first_response", "past")]
    assert list(Review.objects.order_by("pk").values_list("status", flat=True)) == [
        *("open", "expired"),
    ]
