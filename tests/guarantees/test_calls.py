"""What is known of a call is written down at once, whoever has the run by then."""

import pytest

from apps.coordination import runtime
from apps.coordination.models import Attempt, Run, Step
from apps.coordination.services import turning
from apps.coordination.types import Receiver
from tests.make.engine import drain
from tests.make.harbour import note, notes, plan, start, told, world
from tests.make.stories import Crash

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2020-01-01T00:00:00Z"

unsafe = told("letter", receiver=Receiver.UNSAFE)
keyed = told("crate")
dying = []


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(turning, "SHARED_FOR", 60.0)
    world.begin()
    yield
    dying.clear()


def unload(*, what: str) -> str:
    if dying:
        raise dying.pop()
    return note(what=what)


@plan
def write_and_unload(run):
    run.call("letter", unsafe)
    run.transact("unload", unload, what="coal")


@plan
def order_and_unload(run):
    run.call("crate", keyed)
    run.transact("unload", unload, what="coal")


def lose_the_worker():
    Run.objects.filter(state="running").update(lease_until=LONG_AGO, due_at=LONG_AGO)


def test_i9_the_answer_of_an_unsafe_receiver_outlives_a_crash_right_after_it():
    run = start("write_and_unload")
    dying.append(Crash())
    with pytest.raises(Crash):
        runtime.advance(run_id=run.pk)
    lose_the_worker()

    drain()

    assert (Run.objects.get().state, world.asked, notes()) == ("done", ["letter"], ["coal"])
    assert Step.objects.get(name="letter").output == "letter"


def test_i7_what_came_of_a_call_is_kept_though_the_run_was_taken_over_meanwhile():
    run = start("order_and_unload")

    def taken_over():
        lose_the_worker()
        assert runtime.advance(run_id=run.pk, owner="second")

    world.meanwhile["crate"] = [taken_over]
    runtime.advance(run_id=run.pk, owner="first")

    attempts = Attempt.objects.order_by("number")
    assert (Run.objects.get().state, world.asked, notes()) == ("done", ["crate"] * 2, ["coal"])
    assert list(attempts.values_list("number", "outcome")) == [(1, "done"), (2, "done")]
    assert attempts[0].finished_at > attempts[1].finished_at
