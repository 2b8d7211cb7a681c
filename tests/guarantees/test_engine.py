"""The engine's promises, one test each; every one fails when its protection is taken away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import transaction

from apps.coordination import ledger, runtime
from apps.coordination.events import publish
from apps.coordination.models import Attempt, Breaker, Event, Run, Step
from apps.coordination.services import stepping
from apps.coordination.services.turning import Turn
from apps.coordination.states import RunState
from apps.core.errors import Unavailable
from tests.make.engine import drain, only_run
from tests.make.puppets import At, finish, puppets
from tests.make.stories import Crash, ParcelPosted, close, courier, weigh, weighed

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2020-01-01T00:00:00Z"


class NoAnswer(Unavailable):
    message = "The courier does not answer."


def post(to="elm", by="keyed"):
    publish(ParcelPosted(to=to, by=by))
    return Run.objects.latest("pk")


def lose_the_worker():
    """The lease of whatever runs now is over."""
    Run.objects.filter(state="running").update(lease_until=LONG_AGO, due_at=LONG_AGO)


def crash(run):
    courier.problems.append(Crash())
    with pytest.raises(Crash):
        runtime.advance(run_id=run.pk)
    lose_the_worker()


def test_i3_no_run_exists_for_a_transaction_that_rolled_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish(ParcelPosted(to="elm"))
        raise ZeroDivisionError

    assert not Run.objects.exists()
    assert not Event.objects.exists()


def test_i4_a_database_step_is_applied_once_though_its_process_died():
    run = post()
    crash(run)

    drain()

    assert only_run().state == "done"
    assert weighed("elm") == 1


def test_i4_effect_event_and_memo_commit_together_or_not_at_all(monkeypatch):
    run = post()

    def die(*_, **__):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(stepping, "finish", die)
        with pytest.raises(Crash):
            runtime.advance(run_id=run.pk)

    assert weighed("elm") == 0
    assert not Step.objects.exists()
    assert not Event.objects.filter(type="ParcelWeighed").exists()


def test_i5_a_keyed_call_keeps_its_key_through_crashes():
    run = post(by="keyed")
    crash(run)

    drain()

    assert courier.keys == [f"{run.pk}:carry", f"{run.pk}:carry"]
    assert only_run().state == "done"


def test_i9_an_unsafe_call_whose_end_nobody_saw_is_not_repeated():
    run = post(by="unsafe")
    crash(run)

    drain()

    assert len(courier.keys) == 1
    assert only_run().state == "in_doubt"


def test_a_reconcilable_receiver_is_asked_before_it_is_told_again():
    run = post(by="reconcilable")
    crash(run)

    drain()

    assert len(courier.keys) == 1
    assert Step.objects.get(name="carry").output == "to elm, found"


def test_i7_an_executor_whose_lease_was_taken_changes_nothing():
    run = post()
    stale = ledger.claim(run.pk, owner="frozen")
    lose_the_worker()
    ledger.revoke(run.pk)
    fresh = ledger.claim(run.pk, owner="quick")

    with pytest.raises(ledger.Fenced):
        stepping.transact(Turn(stale), 1, "weigh", weigh, to="elm")
    with pytest.raises(ledger.Fenced):
        ledger.release(stale.lease, to=RunState.DONE)

    assert weighed("elm") == 0
    assert fresh.lease.fence > stale.lease.fence
    assert only_run().lease_owner == "quick"


def test_i6_events_of_a_stream_are_numbered_in_commit_order():
    gate = Barrier(8)

    def write(number):
        try:
            gate.wait()
            with transaction.atomic():
                publish(ParcelPosted(to="elm", by=str(number)))
        finally:
            close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))

    places = list(Event.objects.order_by("pk").values_list("seq", flat=True))
    assert places == [1, 2, 3, 4, 5, 6, 7, 8]
    runs = Run.objects.order_by("pk").values_list("key_seq", flat=True)
    assert list(runs) == places


def test_one_key_is_in_one_hand_however_many_reach_for_it():
    runs = [post().pk for _ in range(4)]
    gate = Barrier(8)

    def reach(run_id):
        try:
            gate.wait()
            return ledger.claim(run_id, owner="somebody")
        finally:
            close()

    with ThreadPoolExecutor(8) as pool:
        claims = [claim for claim in pool.map(reach, runs * 2) if claim]

    assert [claim.lease.run_id for claim in claims] == [runs[0]]


def test_different_keys_do_not_wait_for_each_other():
    first, second = post(to="elm"), post(to="oak")

    with puppets() as (one, other):
        one.begin(lambda: runtime.advance(run_id=first.pk))
        while not one.where.startswith("INSERT INTO coordination_step"):
            one.step()
        other.begin(lambda: runtime.advance(run_id=second.pk), free=True)
        meanwhile = other.at, Run.objects.get(pk=second.pk).state, weighed("elm")
        finish(one, other)

    assert meanwhile == (At.REST, "done", 0)
    assert other.done() is one.done() is True
    assert (weighed("elm"), weighed("oak")) == (1, 1)


def test_i16_repeated_and_forged_hints_change_nothing():
    run = post()
    runtime.advance(run_id=run.pk)

    taken = [runtime.advance(run_id=run_id) for run_id in (run.pk, run.pk, -1, 10**12)]

    assert taken == [False] * 4
    assert weighed("elm") == 1
    assert len(courier.keys) == 1


def test_i15_a_destination_that_keeps_failing_is_left_alone_and_costs_no_attempt():
    courier.problems.extend(NoAnswer() for _ in range(6))
    run = post()
    for _ in range(6):
        drain()
        Run.objects.filter(state="ready").update(due_at=LONG_AGO)
    attempts = only_run().attempts
    drain()

    assert only_run().error_code == "breaker_open"
    assert only_run().attempts == attempts
    assert len(courier.keys) == 6

    Breaker.objects.update(open_until=LONG_AGO)
    Run.objects.filter(pk=run.pk).update(due_at=LONG_AGO)
    drain()
    assert only_run().state == "done"
    assert Breaker.objects.get().failures == 0


def test_i17_a_process_that_always_dies_becomes_a_dead_letter():
    run = post()
    for _ in range(5):
        courier.problems.append(Crash())
        with pytest.raises(Crash):
            runtime.advance(run_id=run.pk)
        lose_the_worker()
    runtime.advance(run_id=run.pk)

    assert (only_run().state, only_run().error_code) == ("dead", "worker_lost")
    assert Event.objects.get(type="RunParked").payload["error_code"] == "worker_lost"
    assert Attempt.objects.count() == 5
