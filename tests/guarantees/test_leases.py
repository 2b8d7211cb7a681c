"""A lease protects who works, for as long as he works, and by the database's clock alone."""

from datetime import timedelta

import pytest

from apps.coordination import ledger, runtime
from tests.make.travelling import Travel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def travel(clock, notebook, quiet_engine):
    return Travel(clock, "long", ("keyed ticket", "note pack", "keyed visa", "keyed hotel"))


def test_i7_who_has_a_lease_is_left_alone_until_it_is_over(travel, clock):
    run = travel.book()
    ledger.claim(run.pk, owner="first")

    clock.forward(timedelta(seconds=29))
    assert runtime.take(run.pk, owner="second") is None
    clock.forward(timedelta(seconds=2))
    assert runtime.take(run.pk, owner="second").lease.fence == 3


def test_i7_who_makes_progress_keeps_the_lease_however_long_it_takes(travel, clock, monkeypatch):
    run = travel.book()
    taken = []

    def meanwhile(journey, **entry):
        clock.forward(timedelta(seconds=20))
        taken.append(runtime.take(run.pk, owner="second"))

    monkeypatch.setattr("tests.make.journeys.note", meanwhile)
    runtime.advance(run_id=run.pk, owner="first")

    assert taken == [None] * 4
    assert travel.run().state == "done"
