"""A run that ends every process that touches it: it is put aside, and hurts nobody else."""

from collections import Counter

import pytest

from apps.coordination.events import publish
from apps.coordination.models import Event, Run
from apps.coordination.services.operating import give_up, settle_outside
from tests.make.anvils import AnvilPosted
from tests.make.notebook import notes
from tests.make.parcels import done, post
from tests.make.processes import COORDINATOR, WORKER, running, wait_until
from tests.make.stories import ParcelPosted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.stack,
    pytest.mark.timeout(300),
]
QUICK_WORKER = [*WORKER, "--", "worker_lost_wait=1"]
"""One that is sure after a second, not after ten, that a child of its own is gone."""
POISONS = ["aborts", "calls", "is killed"]


@pytest.fixture(autouse=True)
def _notebook(notebook):
    """Who lifted what, however that ended."""


def parked():
    """The poisonous runs, by what they do."""
    return {run.input["how"]: run for run in Run.objects.filter(state="dead")}


def tried(how):
    """How many processes lifted it."""
    return len({lift["pid"] for lift in notes(f"lifted {how}")})


def decide():
    """What a person says: the one that was asked for is done, the others never will be."""
    for how, run in parked().items():
        if how == "calls":
            settle_outside(run_id=run.pk, by="ada", why="The crane was there.")
        else:
            give_up(run_id=run.pk, by="ada", why="Nobody can lift it.")


def test_i17_a_run_that_ends_each_of_its_processes_is_put_aside_and_all_others_finish():
    with running(COORDINATOR, QUICK_WORKER):
        for how in POISONS:
            publish(AnvilPosted(to=how, how=how))
            publish(ParcelPosted(to=how))
        post(40)
        wait_until(lambda: (len(parked()), done()) == (3, 40), seconds=100)
        poisonous = {(run.error_code, run.takeovers) for run in parked().values()}
        behind = Run.objects.filter(flow="post a parcel").exclude(state="done")
        waiting = list(behind.values_list("serial_key", "state", "fence"))
        happened = Counter(Event.objects.values_list("type", flat=True))
        decide()
        wait_until(lambda: done() == 44)

    assert poisonous == {("worker_lost", 5)}
    assert sorted(waiting) == [(f"street:{how}", "ready", 0) for how in POISONS]
    assert [tried(how) for how in POISONS] == [5, 5, 5]
    assert (happened["ParcelWeighed"], happened["RunParked"]) == (40, 3)
    assert Run.objects.filter(state="cancelled").count() == 2
