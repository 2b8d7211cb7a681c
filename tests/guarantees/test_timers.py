"""A timer is a run that is put down until a moment of the database's clock."""

from datetime import timedelta

import pytest

from apps.coordination import ledger, runtime
from apps.coordination.models import Run
from tests.make.journeys import JourneyNoted
from tests.make.travelling import Travel

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("stop", "length"),
    [("sleep night", timedelta(days=3)), ("wait nobody", timedelta(days=1))],
    ids=["sleep", "wait"],
)
def test_i10_a_timer_does_not_fire_before_it_is_due(stop, length, clock, notebook, quiet_engine):
    travel = Travel(clock, "early", (stop, "note board"))
    run = travel.book()
    began = runtime.advance(run_id=run.pk)

    clock.forward(length - MINUTE)
    before = ledger.take_due(limit=10), runtime.advance(run_id=run.pk), travel.run().state
    clock.forward(2 * MINUTE)
    after = ledger.take_due(limit=10), runtime.advance(run_id=run.pk), travel.run().state

    assert (began, before) == (True, ([], False, "waiting"))
    assert after == ([run.pk], True, "done")
    assert list(travel.wrongs()) == []


@pytest.mark.parametrize("stop", ["sleep night", "wait nobody"], ids=["sleep", "wait"])
def test_i10_a_timer_that_is_asked_too_early_goes_on_to_its_own_moment(
    stop, clock, notebook, quiet_engine
):
    travel = Travel(clock, "asked", (stop, "note board"))
    run = travel.book()
    runtime.advance(run_id=run.pk)
    due_at = travel.run().due_at

    Run.objects.filter(pk=run.pk).update(due_at=clock.now())
    asked = runtime.advance(run_id=run.pk)

    assert asked is True
    assert (travel.run().state, travel.run().due_at) == ("waiting", due_at)
    assert list(travel.log(JourneyNoted)) == []
