"""Driving the engine until it rests, beside others and after others that died."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from apps.coordination import ledger
from apps.coordination.events import publish
from apps.coordination.states import RunState
from apps.ops.resting import Restless, run_to_rest
from tests.make.engine import only_run
from tests.make.stories import ParcelPosted

pytestmark = pytest.mark.django_db


def held_for(seconds: float):
    """A run in the hands of a process that never comes back."""
    publish(ParcelPosted(to="elm"))
    run = only_run()
    ledger.claim(run.pk, owner="a process that was killed")
    end = Now() + timedelta(seconds=seconds)
    type(run).objects.update(lease_until=end, due_at=end)
    return run


def test_what_a_killed_process_held_is_carried_on_when_its_lease_is_over():
    run = held_for(0.3)

    run_to_rest()

    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_run_that_stays_in_other_hands_is_no_rest():
    run = held_for(30)

    with pytest.raises(Restless, match="runs in other hands: 1"):
        run_to_rest(patience=0.1)

    run.refresh_from_db()
    assert run.state == RunState.RUNNING
