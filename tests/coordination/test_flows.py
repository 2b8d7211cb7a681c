"""Flows: straight-line stories whose steps are remembered."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside
from apps.coordination.models import Attempt, Run, Step
from apps.coordination.models import Event as LogEntry
from apps.coordination.services.operating import give_up, run_again
from apps.core.errors import OutcomeUnknown, Refused, Unavailable
from tests.make.engine import drain, only_run

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    house: str
    times: int = 1

    @property
    def stream(self) -> str:
        return f"house:{self.house}"


@dataclass(frozen=True, kw_only=True)
class DoorOpened(BellRang):
    """Somebody came to the door."""


@dataclass(frozen=True, kw_only=True)
class LightOn(BellRang):
    """A light went on."""


said: list[str] = []
script: dict[str, object] = {}


@pytest.fixture(autouse=True)
def quiet():
    said.clear()
    script.clear()


def turn_on_light(*, house: str) -> int:
    said.append(f"light {house}")
    publish(LightOn(house=house))
    return 60


class Jammed(Refused):
    message = "The door is jammed."


def stumble(_: Intent, *, house: str) -> str:
    said.append(f"asked {house}")
    problem = script.pop("problem", None)
    if isinstance(problem, Exception):
        raise problem
    return f"hello {house}"


ask_keyed = outside(destination="porter", receiver=Receiver.KEYED)(stumble)
ask_unsafe = outside(destination="postman", receiver=Receiver.UNSAFE)(stumble)


@flow("answer the bell", version=1, on=BellRang)
def answer_the_bell(run: FlowRun[BellRang]) -> None:
    watts = run.transact("light", turn_on_light, house=run.input.house)
    said.append(f"{watts} watts")
    door = run.wait("door", DoorOpened, within=timedelta(hours=1), house=run.input.house)
    ask = ask_unsafe if run.input.times == 2 else ask_keyed
    said.append(run.call("greet", ask, house=door.house if door else "nobody"))


def ring(house="7", times=1):
    publish(BellRang(house=house, times=times))


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


def test_a_dead_run_holds_back_later_runs_of_its_key_and_of_no_other():
    ring()
    publish(DoorOpened(house="7"))
    script["problem"] = Jammed()
    drain()

    ring()
    ring(house="8")
    drain()

    assert list(Run.objects.order_by("pk").values_list("state", flat=True)) == [
        "dead",
        "ready",
        "waiting",
    ]


@dataclass(frozen=True, kw_only=True)
class DustFell(BellRang):
    """The stairs want sweeping."""


@flow("sweep the stairs", version=1, on=DustFell, lane="broom")
def sweep_the_stairs(run: FlowRun[DustFell]) -> None:
    run.call("sweep", ask_keyed, house=run.input.house)


def test_a_run_that_backs_off_in_a_lane_holds_back_only_that_lane():
    publish(DustFell(house="7"))
    script["problem"] = OutcomeUnknown(destination="porter", cause="silence")
    drain()
    Run.objects.update(due_at="2999-01-01T00:00:00Z")

    ring()
    publish(DoorOpened(house="7"))
    publish(DustFell(house="7"))
    drain()

    states = list(Run.objects.order_by("pk").values_list("flow", "state"))
    assert states == [
        ("sweep the stairs", "ready"),
        ("answer the bell", "done"),
        ("sweep the stairs", "ready"),
    ]
    assert Run.objects.get(pk=Run.objects.latest("pk").pk).fence == 0


def test_a_parked_run_is_told_to_the_rest_of_the_product():
    ring()
    publish(DoorOpened(house="7"))
    script["problem"] = Jammed()

    drain()

    told = LogEntry.objects.get(type="RunParked")
    assert told.stream == "house:7"
    assert told.payload["flow"] == "answer the bell"
    assert told.why == "The door is jammed."


def test_giving_up_lets_the_later_runs_go():
    ring()
    publish(DoorOpened(house="7"))
    script["problem"] = Jammed()
    drain()
    ring()

    give_up(run_id=Run.objects.earliest("pk").pk, by="user:1", why="Nobody lives there.")
    drain()

    assert list(Run.objects.order_by("pk").values_list("state", flat=True)) == [
        "cancelled",
        "waiting",
    ]


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
    assert (run.state, run.error_code, run.attempts) == ("ready", "unknown_flow", 0)
