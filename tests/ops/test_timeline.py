"""A run drawn as a timeline: what it did, what it waited for, who decided."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.coordination import ledger
from apps.coordination.events import publish
from apps.coordination.models import Attempt, Run, Step
from apps.coordination.services.operating import give_up, run_again
from apps.core.errors import Unavailable
from apps.ops.present.timeline import timeline
from apps.ops.queries.runs import whole_run
from tests.make.accounts import person
from tests.make.bells import BellRang, DoorOpened
from tests.make.bells import script as bell_script
from tests.make.engine import drain, only_run
from tests.make.parked import parked
from tests.make.stories import NoSuchStreet, ParcelPosted, courier

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Hoarse(Unavailable):
    message = "The courier has lost his voice."


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()
    bell_script.clear()


def drawn(run: Run, *, at: datetime | None = None):
    whole = whole_run(run.pk)
    return timeline(whole, at=at or ledger.database_now())


def titles(run: Run) -> list[str]:
    return [mark.title for mark in drawn(run).head]


def page_of(client, run: Run) -> str:
    answer = client.get(f"/admin/coordination/run/{run.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_run_that_went_well_tells_its_steps_in_order():
    publish(ParcelPosted(to="elm"))
    drain()

    line = drawn(only_run())

    assert [mark.title for mark in line.head] == [
        "Begun: parcel posted",
        "weigh",
        "carry",
        "Finished",
    ]
    assert line.head[1].said == ["parcel weighed"]
    assert [detail.name for detail in line.head[2].details] == ["It was told", "It answered"]
    assert line.head[2].quiet == f"courier, key {only_run().pk}:carry"


def test_a_retry_a_stop_and_a_decision_each_have_a_line(admin_client):
    ada = person(first_name="Ada", last_name="Byron")
    courier.problems[:] = [Hoarse(), NoSuchStreet()]
    publish(ParcelPosted(to="elm"))
    drain()
    Run.objects.update(due_at="2020-01-01T00:00:00Z")
    drain()
    run = only_run()
    run_again(run_id=run.pk, by=f"user:{ada.pk}", why="The street was built.")
    drain()

    found = [
        title for title in titles(run) if title not in ("Backed off", "Waited to be taken up")
    ]

    assert found == [
        "Begun: parcel posted",
        "weigh",
        "carry, try 1",
        "carry, try 2",
        "Stopped: no such street",
        "Ada Byron let it run again",
        "carry, try 3",
        "Finished",
    ]
    text = page_of(admin_client, run)
    assert "The courier has lost his voice." in text
    assert "The street was built." in text
    assert "turn 3" in text


def test_a_wait_says_what_came_of_it():
    publish(BellRang(house="7"))
    drain()
    assert drawn(only_run()).head[-1].text.startswith("until ")
    publish(DoorOpened(house="7"))
    drain()

    waited = next(mark for mark in drawn(only_run()).head if mark.title == "door")

    assert waited.text == "door opened"
    assert [mark.title for mark in drawn(only_run()).head][-2:] == ["greet", "Finished"]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def taken_over() -> Run:
    """Its second worker was lost in the middle of a call; the third one finished it."""
    (run,) = parked(state="done", created_at=NOON, fence=4)
    Run.objects.filter(pk=run.pk).update(finished_at=at(50), error="", error_code="")
    step = Step.objects.create(
        run=run, name="carry", kind="call", position=1, state="done", fence=4, attempts=3,
        destination="courier", idem_key=f"{run.pk}:carry", started_at=at(1), finished_at=at(45),
        output="to elm",
    )  # fmt: skip
    tries = (("failed", 1, 1, 2), ("", 2, 10, None), ("done", 4, 41, 45))
    for number, (outcome, fence, begun, ended) in enumerate(tries, 1):
        Attempt.objects.create(
            step=step, number=number, fence=fence, request={"to": "elm"}, outcome=outcome,
            started_at=at(begun), finished_at=ended and at(ended),
        )  # fmt: skip
    return run


def test_backing_off_and_a_takeover_are_told_with_their_length():
    line = drawn(taken_over())

    assert [(mark.title, mark.took, mark.turn) for mark in line.head] == [
        ("Begun", "", ""),
        ("carry, try 1", "1.0 s", "turn 1"),
        ("Backed off", "8.0 s", ""),
        ("carry, try 2", "", "turn 2"),
        ("Taken over", "31.0 s", ""),
        ("carry, try 3", "4.0 s", "turn 4"),
        ("Worked", "5.0 s", ""),
        ("Finished", "after 50.0 s", ""),
    ]


def test_the_bar_is_as_long_as_the_run_and_says_where_the_time_went():
    line = drawn(taken_over())

    assert [(share.name, share.took) for share in line.shares] == [
        ("at work", "5.0 s"),
        ("outside", "4.0 s"),
        ("outside, in vain", "1.0 s"),
        ("backing off", "8.0 s"),
        ("queued", "1.0 s"),
        ("lost with a worker", "31.0 s"),
    ]
    assert sum(part.width for part in line.bar) == 1000
    assert [part.x for part in line.bar] == sorted(part.x for part in line.bar)


def long_run(steps: int) -> Run:
    (run,) = parked(state="done", created_at=NOON)
    Run.objects.filter(pk=run.pk).update(finished_at=at(steps), error="", error_code="")
    Step.objects.bulk_create(
        Step(
            run=run, name=f"look {n}", kind="transact", position=n, state="done", fence=1,
            started_at=at(n), finished_at=at(n), output={"n": n},
        )
        for n in range(1, steps)
    )  # fmt: skip
    return run


def test_a_long_run_is_folded_in_the_middle_and_nothing_is_left_out(admin_client):
    line = drawn(long_run(300))

    every = [*line.head, *line.folded, *line.tail]
    assert [mark.title for mark in every] == [
        "Begun",
        *(f"look {n}" for n in range(1, 300)),
        "Finished",
    ]
    assert len(line.head) == len(line.tail) == 25
    assert sum(part.width for part in line.bar) == 1000


def test_of_a_very_long_run_the_latest_steps_are_shown_and_that_is_said(admin_client):
    run = long_run(1101)

    text = page_of(admin_client, run)

    assert "Only the latest 1,000 steps and calls are shown." in text
    assert ">look 1100<" in text
    assert ">look 101<" in text
    assert ">look 100<" not in text


@pytest.mark.parametrize("steps", [3, 300])
def test_a_runs_page_asks_a_fixed_number_of_times(admin_client, django_assert_num_queries, steps):
    run = long_run(steps)
    page_of(admin_client, run)

    # Session, person; the run, its steps, its attempts, the log; the header.
    with django_assert_num_queries(7):
        page_of(admin_client, run)


def test_a_page_of_a_run_that_is_not_there_leads_to_the_list(admin_client):
    for number in ("4711", "x", "9" * 30):
        answer = admin_client.get(f"/admin/coordination/run/{number}/change/", follow=True)

        assert answer.redirect_chain == [("/admin/coordination/run/", 302)]
        assert f"There is no run {number}" in answer.content.decode()


def test_it_draws_without_a_style_or_a_script_in_the_page(admin_client):
    text = page_of(admin_client, taken_over())

    assert " style=" not in text
    assert "<script>" not in text


def test_a_run_that_was_given_up_waits_for_nothing_any_more():
    publish(BellRang(house="7"))
    drain()
    give_up(run_id=only_run().pk, by="", why="They moved.")
    drain()

    line = drawn(only_run())

    assert next(m.text for m in line.head if m.title == "door") == "Given up before it was over."
    assert line.head[-2].text == "They moved."
    assert line.head[-1].title == "Given up"


def test_what_is_taken_back_says_so():
    (run,) = parked(state="cancelled", created_at=NOON)
    Run.objects.filter(pk=run.pk).update(finished_at=at(9), undoing=True)
    for name, position, second in (("weigh", 1, 1), ("undo:weigh", 1_000_001, 5)):
        Step.objects.create(
            run=run, name=name, kind="transact", position=position, state="done", fence=1,
            started_at=at(second), finished_at=at(second),
        )  # fmt: skip

    assert titles(run) == ["Begun", "weigh", "Worked", "Take back: weigh", "Worked", "Given up"]
