"""What a run that failed holds back: its own lane, until somebody decides."""

from dataclasses import dataclass

import pytest

from apps.coordination import ledger, runtime
from apps.coordination.events import publish
from apps.coordination.flows import FlowRun, OnDead, flow
from apps.coordination.models import Event as LogEntry
from apps.coordination.models import Run
from apps.coordination.services.operating import give_up
from apps.core.errors import OutcomeUnknown, Unavailable
from tests.make.bells import (
    BellRang,
    DoorOpened,
    Jammed,
    ask_keyed,
    ring,
    said,
    script,
)
from tests.make.engine import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet():
    said.clear()
    script.clear()


@dataclass(frozen=True, kw_only=True)
class DustFell(BellRang):
    """The stairs want sweeping."""


@flow("sweep the stairs", version=1, on=DustFell, lane="broom")
def sweep_the_stairs(run: FlowRun[DustFell]) -> None:
    run.call("sweep", ask_keyed, house=run.input.house)


@dataclass(frozen=True, kw_only=True)
class LetterLay(BellRang):
    """Somebody is to have a letter."""


@flow("carry a letter", version=1, on=LetterLay, lane="bag", on_dead=OnDead.SKIP)
def carry_a_letter(run: FlowRun[LetterLay]) -> None:
    run.call("carry", ask_keyed, house=run.input.house)


class NobodyHome(Unavailable):
    """The porter is there and well; this one door does not open."""

    counts, answered = False, True
    message = "Nobody is home."


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


def test_runs_of_different_lanes_start_in_the_order_of_their_events():
    publish(DustFell(house="7"))
    ring()
    first, second = Run.objects.order_by("pk")

    assert not runtime.advance(run_id=second.pk)
    assert ledger.next_of_key("house:7") == first.pk
    Run.objects.update(signalled_at=None)
    assert ledger.take_due(limit=10) == [first.pk]

    assert runtime.advance(run_id=first.pk)
    assert runtime.advance(run_id=second.pk)
    assert said[:2] == ["asked 7", "light 7"]


def test_a_run_that_its_own_lane_holds_back_holds_back_no_other_lane():
    publish(DustFell(house="7"))
    script["problem"] = OutcomeUnknown(destination="porter", cause="silence")
    drain()
    Run.objects.update(due_at="2999-01-01T00:00:00Z")
    publish(DustFell(house="7"))

    ring()
    publish(DoorOpened(house="7"))
    drain()

    states = list(Run.objects.order_by("pk").values_list("flow", "state"))
    assert states == [
        ("sweep the stairs", "ready"),
        ("sweep the stairs", "ready"),
        ("answer the bell", "done"),
    ]


def test_a_run_behind_a_dead_letter_of_its_lane_holds_back_no_other_lane():
    publish(DustFell(house="7"))
    script["problem"] = Jammed()
    drain()
    publish(DustFell(house="7"))

    ring()
    publish(DoorOpened(house="7"))
    drain()

    assert list(Run.objects.order_by("pk").values_list("flow", "state")) == [
        ("sweep the stairs", "dead"),
        ("sweep the stairs", "ready"),
        ("answer the bell", "done"),
    ]


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


def one_stopped_and_another(news, problem):
    """Something happens that somebody is stopped at for long; then it happens once more."""
    publish(news)
    script["problem"] = problem
    # One turn alone: chance may make the pause behind it so short that a drain tries again.
    assert runtime.advance(run_id=Run.objects.get().pk)
    Run.objects.update(due_at="2999-01-01T00:00:00Z")
    publish(news)
    drain()


def test_a_run_that_is_put_off_steps_aside_and_those_behind_it_go_on():
    one_stopped_and_another(LetterLay(house="7"), NobodyHome())

    first, second = Run.objects.order_by("pk")
    assert [(run.state, run.lane) for run in (first, second)] == [
        ("ready", f"bag#{first.pk}"),
        ("done", "bag"),
    ]


def test_a_run_whose_outside_is_away_keeps_its_place_in_its_lane():
    one_stopped_and_another(
        LetterLay(house="7"), OutcomeUnknown(destination="porter", cause="silence")
    )

    assert list(Run.objects.values_list("state", "lane")) == [("ready", "bag"), ("ready", "bag")]


def test_a_run_that_is_put_off_keeps_its_place_where_its_dead_letter_would():
    one_stopped_and_another(DustFell(house="7"), NobodyHome())

    states = list(Run.objects.values_list("state", "lane"))
    assert states == [("ready", "broom"), ("ready", "broom")]
