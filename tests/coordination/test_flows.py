"""Flows: straight-line stories whose steps are remembered."""

import pytest

from apps.coordination.events import publish
from apps.coordination.flows import Receiver, flow, outside
from apps.coordination.models import Attempt, Run, Step
from apps.coordination.models import Event as LogEntry
from apps.coordination.services.operating import run_again
from apps.core.errors import OutcomeUnknown, Unavailable
from tests.make.bells import (
    BellRang,
    DoorOpened,
    Jammed,
    LightOn,
    answer_the_bell,
    ring,
    said,
    script,
    stumble,
)
from tests.make.engine import drain, only_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet():
    said.clear()
    script.clear()


def test_a_flow_stops_at_a_wait_and_goes_on_with_the_event():
    ring()
    drain()
    assert only_run().state == "waiting"

    publish(DoorOpened(house="7"))
    drain()

    assert only_run().state == "done"
    assert said.count("light 7") == 1
    assert said[-1] == "hello 7"
    assert list(Step.objects.values_list("name", "state")) == [
        ("light", "done"),
        ("door", "done"),
        ("greet", "done"),
    ]


def test_an_event_that_came_before_the_wait_counts():
    ring()
    publish(DoorOpened(house="7"))

    drain()

    assert only_run().state == "done"


def test_an_event_of_another_kind_or_with_other_facts_wakes_nobody():
    ring()
    drain()

    publish(LightOn(house="7"))
    drain()

    assert only_run().state == "waiting"


def test_a_wait_ends_with_nothing_when_its_time_is_over():
    ring()
    drain()
    Step.objects.filter(name="door").update(due_at="2020-01-01T00:00:00Z")
    Run.objects.update(due_at="2020-01-01T00:00:00Z")

    drain()

    assert said[-1] == "hello nobody"


def test_what_a_step_publishes_names_the_flow_the_run_and_the_step():
    ring()

    drain()

    entry = LogEntry.objects.get(type="LightOn")
    assert (entry.actor, entry.run_id, entry.step) == (
        "flow:answer the bell",
        only_run().pk,
        "light",
    )
    assert entry.seq == 2


def test_an_outage_is_tried_again_with_the_same_key():
    ring()
    publish(DoorOpened(house="7"))
    script["problem"] = Unavailable.__new__(Unavailable)

    drain()
    run = only_run()
    assert (run.state, run.attempts) == ("ready", 1)
    Run.objects.update(due_at="2020-01-01T00:00:00Z")
    drain()

    assert only_run().state == "done"
    assert Step.objects.get(name="greet").idem_key == f"{run.pk}:greet"
    assert list(Attempt.objects.values_list("number", "outcome")) == [(1, "failed"), (2, "done")]


def test_a_refusal_parks_the_run_and_run_again_repeats_no_finished_step():
    ring()
    publish(DoorOpened(house="7"))
    script["problem"] = Jammed()
    drain()
    run = only_run()
    assert (run.state, run.error_code) == ("dead", "jammed")

    run_again(run_id=run.pk, by="user:1", why="The door was mended.")
    drain()

    assert only_run().state == "done"
    assert said.count("light 7") == 1
    assert LogEntry.objects.get(type="RunTriedAgain").why == "The door was mended."


def test_an_unknown_outcome_of_an_unsafe_receiver_waits_for_a_person():
    ring(times=2)
    publish(DoorOpened(house="7"))
    script["problem"] = OutcomeUnknown(destination="postman", cause="silence")

    drain()

    assert only_run().state == "in_doubt"
    assert said.count("asked 7") == 1
    assert Step.objects.get(name="greet").state == "in_doubt"


def test_an_unknown_outcome_of_a_keyed_receiver_is_asked_again():
    ring()
    publish(DoorOpened(house="7"))
    script["problem"] = OutcomeUnknown(destination="porter", cause="silence")

    drain()
    Run.objects.update(due_at="2020-01-01T00:00:00Z")
    drain()

    assert only_run().state == "done"
    assert said.count("asked 7") == 2


def test_a_bug_is_tried_three_times_and_then_parked_with_its_traceback():
    ring()
    publish(DoorOpened(house="7"))
    for _ in range(3):
        script["problem"] = ZeroDivisionError("oops")
        Run.objects.update(due_at="2020-01-01T00:00:00Z")
        drain()

    run = only_run()
    assert (run.state, run.attempts) == ("dead", 3)
    assert "ZeroDivisionError: oops" in run.trace


def test_a_story_that_changed_under_a_run_parks_it():
    ring()
    drain()
    Step.objects.filter(name="light").update(name="candle")
    publish(DoorOpened(house="7"))

    drain()

    run = only_run()
    assert (run.state, run.error_code) == ("dead", "non_determinism")
    assert "light" in run.error


def test_a_missing_version_stops_visibly_and_loses_nothing():
    ring()
    Run.objects.update(version=99)

    drain()

    run = only_run()
    assert (run.state, run.error_code, run.attempts) == ("ready", "unknown_flow", 1)


def test_a_reconcilable_receiver_must_say_how_it_is_asked_first():
    with pytest.raises(TypeError, match="says how it is asked first"):
        outside(destination="porter", receiver=Receiver.RECONCILABLE)(stumble)


def test_a_lane_and_a_destination_may_name_only_what_is_there():
    with pytest.raises(TypeError, match=r"\{street\} in '\{street\}' is nothing that BellRang"):
        flow("lost", version=1, on=BellRang, lane="{street}")(answer_the_bell)
    with pytest.raises(TypeError, match=r"nothing that stumble has"):
        outside(destination="door:{street}", receiver=Receiver.KEYED)(stumble)
