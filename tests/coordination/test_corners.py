"""The engine in its corners: leases of slow calls, hostile words, busy streams, new releases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Event

import pytest
from django.db import close_old_connections, connection, transaction

from apps.coordination import ledger, runtime
from apps.coordination.events import next_seq, publish, start_run
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside
from apps.coordination.models import Breaker, Run, Step
from apps.coordination.services import breaking
from apps.core.db import rows
from apps.core.errors import OutcomeUnknown, Refused, Unavailable
from tests.make.engine import drain
from tests.make.harbour import Away, Called, No, Sailed, note, plan, start, told, world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calm_harbour")]
LONG_AGO = "2020-01-01T00:00:00Z"


def seconds_until(column, run):
    sql = f"SELECT extract(epoch FROM {column} - clock_timestamp()) FROM coordination_run"
    return float(rows(sql + " WHERE id = %(id)s", {"id": run.pk})[0][0])


def again(times):
    for _ in range(times):
        drain()
        Run.objects.filter(state="ready").update(due_at=LONG_AGO)


here = told("here", destination="crm")


@plan
def calling_crm(run):
    run.call("here", here)


def half_open():
    for _ in range(6):
        breaking.record_failure("crm", "down")
    Breaker.objects.update(open_until=LONG_AGO)


left = []


def find_slowly(intent: Intent) -> str | None:
    """The receiver takes its whole time to say that it has nothing: 20 s pass."""
    passed = timedelta(seconds=intent.timeout)
    for run in Run.objects.filter(state="running"):
        until = run.lease_until - passed
        Run.objects.filter(pk=run.pk).update(lease_until=until, due_at=until)
    return None


def measure(intent: Intent) -> str:
    world.ask("measure")
    left.append(seconds_until("lease_until", Run.objects.get(state="running")) - intent.timeout)
    return "told"


slow = outside(
    destination="slow", receiver=Receiver.RECONCILABLE, timeout=20, reconcile=find_slowly
)(measure)


@plan
def reconciling(run):
    run.call("slow", slow)


def test_the_lease_of_a_reconcilable_call_outlasts_asking_and_telling():
    start("reconciling")
    world.problems["measure"] = [OutcomeUnknown(destination="slow", cause="silence")]

    again(2)

    assert world.asked == ["measure", "measure"]
    assert left[-1] > 0


def test_who_met_a_probe_looks_again_soon():
    half_open()
    first, second = start("calling_crm", ship="anna"), start("calling_crm", ship="bella")
    world.meanwhile["here"] = [lambda: runtime.advance(run_id=second.pk)]

    runtime.advance(run_id=first.pk)

    assert not Breaker.objects.filter(open_until__isnull=False).exists()
    assert seconds_until("due_at", second) < 5


class Quoted(Refused):
    message = "They said: 550 \x00 no."


class QuotedAway(Unavailable):
    message = "They said: 421 \x00 later."


def test_a_refusal_that_quotes_a_nul_is_a_refusal():
    start("calling_crm")
    world.problems["here"] = [Quoted()]

    drain()

    assert (Run.objects.get().state, Run.objects.get().error_code) == ("dead", "quoted")
    assert Step.objects.get().error == "They said: 550  no."


def test_an_outage_that_quotes_a_nul_is_an_outage():
    start("calling_crm")
    world.problems["here"] = [QuotedAway() for _ in range(5)]

    again(4)

    assert Run.objects.get().state == "ready"
    assert Breaker.objects.get().failures == 4


def test_an_answer_with_a_nul_is_kept_without_it(monkeypatch):
    monkeypatch.setattr(world, "ask", lambda what: world.asked.append(what) or "a\x00b")
    start("calling_crm")

    again(2)

    assert (len(world.asked), Run.objects.get().state) == (1, "done")
    assert Step.objects.get().output == "ab"


PLANNED = {
    "a": lambda run: run.call("here", here),
    "b": lambda run: run.transact("room", note, what="b"),
}


@flow("sail in a lane", version=1, lane="lane {plan}")
def laned(run: FlowRun[Sailed]) -> None:
    PLANNED[run.input.plan](run)


def test_the_next_of_a_key_is_one_that_can_start():
    world.problems["here"] = [No()]
    key, name = "ship:anna", "sail in a lane"
    dead = start_run(flow=name, key=key, input=Sailed(plan="a"))
    runtime.advance(run_id=dead)
    held = start_run(flow=name, key=key, input=Sailed(plan="a"))
    free = start_run(flow=name, key=key, input=Sailed(plan="b"))

    assert not runtime.advance(run_id=held)
    assert ledger.next_of_key(key) == free


def alter(length):
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE coordination_run ALTER COLUMN flow TYPE varchar({length})")


def test_a_migration_costs_a_worker_one_connection():
    for number in range(8):
        runtime.advance(run_id=start("calling_crm", ship=f"s{number}").pk)
    run = start("calling_crm", ship="next")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(alter, 61).result()

        try:
            for _ in range(2):
                close_old_connections()
                runtime.advance(run_id=run.pk)
        finally:
            connection.close()
            pool.submit(alter, 60).result()

    assert Run.objects.get(pk=run.pk).state == "done"


def test_at_the_end_of_its_patience_a_run_does_not_ask_again_because_its_stream_is_busy():
    run = start("calling_crm")
    Run.objects.update(attempts=13)
    world.problems["here"] = [Away() for _ in range(20)]
    held, done = Event(), Event()

    def busy():
        with closing(connection), transaction.atomic():
            next_seq("ship:anna")
            held.set()
            done.wait(1)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(busy)
        assert held.wait(10)
        runtime.advance(run_id=run.pk)
        done.set()
        other.result()

    assert world.asked == ["here"]
    assert Run.objects.get().state == "dead"


def test_the_same_flow_twice_is_a_mistake():
    def register(suffix):
        def story(run: FlowRun[Sailed]) -> None: ...

        story.__qualname__ = suffix
        flow("twice", version=1)(story)

    register("one")

    with pytest.raises(ValueError, match="defined twice"):
        register("other")


class TheAnswerOfTheReceiverCouldNotBeUnderstoodBecauseItWasNotJson(Refused):
    message = "?"


def test_an_error_of_a_long_name_parks_like_any_other():
    start("calling_crm")
    world.problems["here"] = [TheAnswerOfTheReceiverCouldNotBeUnderstoodBecauseItWasNotJson()]

    drain()

    assert Run.objects.get().state == "dead"


@plan
def call_then_wait(run):
    run.call("here", here)
    run.wait("called", Called)


def test_a_remembered_answer_of_an_older_shape_is_the_releases_fault():
    start("call_then_wait")
    drain()
    Step.objects.filter(name="here").update(output={"older": "shape"})

    publish(Called())
    drain()

    assert Run.objects.get().error_code == "non_determinism"


def test_a_missing_version_that_arrived_costs_no_patience():
    start("calling_crm")
    Run.objects.update(attempts=15, error_code="unknown_flow")
    world.problems["here"] = [Away()]

    drain()

    assert (Run.objects.get().state, Run.objects.get().attempts) == ("ready", 1)


def test_a_turn_that_has_no_time_left_for_a_call_is_put_down(monkeypatch):
    monkeypatch.setattr("apps.coordination.services.turning.Turn.age", 90.0)
    run = start("call_then_wait")

    runtime.advance(run_id=run.pk)

    assert (Run.objects.get().state, world.asked) == ("ready", [])


def test_i9_a_process_that_stood_still_after_its_intent_asks_nobody(monkeypatch):
    run = start("call_then_wait")
    monkeypatch.setattr("apps.coordination.services.calling.CALL_MARGIN", timedelta(seconds=-1))

    runtime.advance(run_id=run.pk)

    assert (Run.objects.get().error_code, world.asked) == ("stood_still", [])
    assert Step.objects.get().state == "failed"
