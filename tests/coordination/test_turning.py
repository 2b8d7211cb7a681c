"""Adjacent database steps share a commit, and one that fails beside others harms none."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest
from django.db import OperationalError, connection, transaction

from apps.coordination import runtime
from apps.coordination.events import next_seq, publish
from apps.coordination.models import Run, Step
from apps.coordination.services import turning
from tests.make.engine import drain, only_run
from tests.make.trips import TripConfirmed, bank, broken, counting, notes, plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh():
    bank.forget()
    yield
    broken.clear()


def test_three_database_steps_and_the_next_intent_share_one_commit(monkeypatch):
    monkeypatch.setattr(turning, "SHARED_FOR", 60.0)
    run = plan(stops=3)

    with counting() as commits:
        runtime.advance(run_id=run.pk)

    assert notes() == ["book rome 0", "book rome 1", "book rome 2"]
    assert only_run().state == "waiting"
    # Steps and intent; the answer and the wait. The claim is one statement of its own.
    assert len(commits) == 2


def test_steps_that_take_long_do_not_share(monkeypatch):
    monkeypatch.setattr(turning, "SHARED_FOR", 0.0)
    run = plan(stops=3)

    with counting() as commits:
        runtime.advance(run_id=run.pk)

    assert len(commits) == 6


def test_an_answer_that_was_rolled_back_with_the_step_after_it_is_not_asked_for_again(monkeypatch):
    monkeypatch.setattr(turning, "SHARED_FOR", 60.0)
    run = plan(stops=1)
    publish(TripConfirmed(to="rome"))
    problems = iter([OperationalError("deadlock detected")])

    def celebrate(what: str) -> str:
        for error in problems if what == "celebrate" else ():
            raise error
        return what

    monkeypatch.setattr("tests.make.trips.note", celebrate)
    runtime.advance(run_id=run.pk)

    assert [what for what, _ in bank.asked] == ["pay"]
    assert (only_run(flow="plan a trip").state, Step.objects.get(name="pay").output) == (
        "done",
        "pay",
    )


def test_a_step_that_fails_beside_others_leaves_them_done(monkeypatch):
    monkeypatch.setattr(turning, "SHARED_FOR", 60.0)
    run = plan(stops=3)
    broken.add(2)

    runtime.advance(run_id=run.pk)

    assert notes() == ["book rome 0", "book rome 1"]
    assert list(Step.objects.values_list("name", "state")) == [
        ("book 0", "done"),
        ("book 1", "done"),
    ]
    assert (only_run().state, only_run().error_code, only_run().attempts) == ("ready", "Broken", 1)


def test_what_was_done_before_a_failure_is_not_done_again():
    plan(stops=3)
    broken.add(2)
    drain()
    broken.clear()
    Run.objects.update(due_at="2020-01-01T00:00:00Z")

    drain()

    assert notes() == ["book rome 0", "book rome 1", "book rome 2"]
    assert only_run().state == "waiting"


def test_a_deadlock_among_shared_steps_costs_no_attempt(monkeypatch):
    run = plan(stops=2)
    victim = iter([OperationalError("deadlock detected")])

    def book(*, to: str, stop: int) -> str:
        for error in victim if stop else ():
            raise error
        return f"room {stop}"

    monkeypatch.setattr("tests.make.trips.book", book)
    runtime.advance(run_id=run.pk)

    assert (only_run().state, only_run().attempts) == ("waiting", 0)


def test_lanes_and_breakers_name_one_connection_of_several():
    run = plan(to="oslo")

    runtime.advance(run_id=run.pk)

    assert only_run().lane == "trip:oslo"
    assert Step.objects.get(name="pay").destination == "bank:oslo"


def test_steps_that_share_give_way_to_whoever_waits_for_what_they_locked(monkeypatch):
    """A knot: the turn holds the stream and wants the row, somebody the other way round."""
    run, other = plan(stops=2), plan(to="oslo")
    row_is_locked, stream_is_locked = Event(), Event()

    def somebody():
        with closing(connection), transaction.atomic():
            Run.objects.select_for_update().get(pk=other.pk)
            row_is_locked.set()
            assert stream_is_locked.wait(10)
            publish(TripConfirmed(to="rome"))

    def book(*, to: str, stop: int) -> str:
        if stop == 0:
            next_seq("trip:rome")
            stream_is_locked.set()
        else:
            assert row_is_locked.wait(10)
            Run.objects.select_for_update().get(pk=other.pk)
        return f"room {stop}"

    monkeypatch.setattr("tests.make.trips.book", book)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(somebody)
        runtime.advance(run_id=run.pk)
        waiting.result(20)

    assert Run.objects.get(pk=run.pk).attempts == 0
    done = Step.objects.filter(run=run, state="done").values_list("name", flat=True)
    assert list(done) == ["book 0", "book 1", "pay", "yes", "celebrate"]
