"""What a run did is taken back once, in reverse, when it is given up (I14)."""

import pytest

from apps.coordination import runtime
from apps.coordination.events import publish
from apps.coordination.models import Run, Step
from apps.coordination.services.operating import AlreadyGivenUp, give_up, run_again
from apps.core.errors import IllegalMove, OutcomeUnknown, Refused, Unavailable
from tests.make.engine import drain, only_run
from tests.make.stories import Crash
from tests.make.trips import TripConfirmed, bank, notes, plan

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2020-01-01T00:00:00Z"


class NoMoney(Refused):
    message = "There is no money."


class Closed(Unavailable):
    message = "The bank is closed."


@pytest.fixture(autouse=True)
def fresh_bank():
    bank.forget()


def call_off(run):
    give_up(run_id=run.pk, by="user:1", why="The traveller is ill.")


def asked():
    return [what for what, _ in bank.asked]


def lose_the_worker():
    Run.objects.filter(state="running").update(lease_until=LONG_AGO, due_at=LONG_AGO)


def test_i14_everything_that_was_done_is_taken_back_in_reverse():
    run = plan()
    drain()

    call_off(run)
    drain()

    assert only_run().state == "cancelled"
    assert notes() == ["book rome 0", "book rome 1", "unbook rome 1", "unbook rome 0"]
    assert bank.asked == [("pay", f"{run.pk}:pay"), ("pay back", f"{run.pk}:undo:pay")]
    undone = Step.objects.filter(name__startswith="undo:").order_by("pk")
    assert list(undone.values_list("name", flat=True)) == [
        "undo:pay",
        "undo:book 1",
        "undo:book 0",
    ]


def test_i14_what_did_not_happen_is_not_taken_back():
    bank.problems.append(NoMoney())
    run = plan()
    drain()
    assert only_run().state == "dead"

    call_off(run)
    drain()

    assert only_run().state == "cancelled"
    assert notes() == ["book rome 0", "book rome 1", "unbook rome 1", "unbook rome 0"]
    assert asked() == ["pay"]


def test_i14_a_run_that_never_started_is_cancelled_at_once():
    run = plan()

    call_off(run)

    assert only_run().state == "cancelled"
    assert notes() == []


def test_i14_a_run_that_is_given_up_while_it_asks_is_taken_back_after_the_answer():
    run = plan()
    bank.meanwhile.append(lambda: call_off(run))

    drain()

    assert only_run().state == "cancelled"
    assert asked() == ["pay", "pay back"]
    assert notes()[-2:] == ["unbook rome 1", "unbook rome 0"]


def test_i14_a_call_whose_end_nobody_saw_is_brought_to_its_end_and_taken_back():
    run = plan()
    bank.problems.append(Crash())
    with pytest.raises(Crash):
        runtime.advance(run_id=run.pk)
    call_off(run)
    lose_the_worker()

    drain()

    assert only_run().state == "cancelled"
    assert asked() == ["pay", "pay", "pay back"]
    assert len({key for what, key in bank.asked if what == "pay"}) == 1


def test_i14_a_way_back_that_is_interrupted_goes_on_where_it_was():
    run = plan()
    drain()
    call_off(run)
    bank.problems.extend([Closed(), Crash()])
    drain()
    Run.objects.update(due_at=LONG_AGO)
    with pytest.raises(Crash):
        runtime.advance(run_id=run.pk)
    lose_the_worker()

    drain()

    assert only_run().state == "cancelled"
    assert asked() == ["pay", "pay back", "pay back", "pay back"]
    assert len({key for _, key in bank.asked}) == 2
    assert notes() == ["book rome 0", "book rome 1", "unbook rome 1", "unbook rome 0"]


def test_i14_giving_up_twice_takes_back_once():
    run = plan()
    drain()
    call_off(run)

    with pytest.raises(AlreadyGivenUp):
        call_off(run)
    drain()
    with pytest.raises(IllegalMove):
        call_off(run)

    assert asked() == ["pay", "pay back"]


def test_i14_who_finishes_first_wins():
    run = plan()
    publish(TripConfirmed(to="rome"))
    drain()
    assert Run.objects.get(pk=run.pk).state == "done"

    with pytest.raises(IllegalMove):
        call_off(run)

    assert asked() == ["pay"]


def test_i14_a_way_back_that_is_refused_waits_for_a_person_and_ends_when_given_up_again():
    run = plan()
    drain()
    call_off(run)
    bank.problems.append(NoMoney())
    drain()
    assert (only_run().state, only_run().undoing) == ("dead", True)

    call_off(run)

    assert only_run().state == "cancelled"
    assert notes() == ["book rome 0", "book rome 1"]


def test_i14_a_way_back_that_was_refused_can_be_run_again():
    run = plan()
    drain()
    call_off(run)
    bank.problems.append(NoMoney())
    drain()

    run_again(run_id=run.pk, by="user:1", why="")
    drain()

    assert only_run().state == "cancelled"
    assert asked() == ["pay", "pay back", "pay back"]
    assert notes()[-1] == "unbook rome 0"


def test_i14_a_keyed_call_of_unknown_outcome_on_the_way_back_is_asked_again():
    run = plan()
    drain()
    call_off(run)
    bank.problems.append(OutcomeUnknown(destination="bank", cause="silence"))
    drain()
    Run.objects.update(due_at=LONG_AGO)

    drain()

    assert only_run().state == "cancelled"
    assert [key for what, key in bank.asked if what == "pay back"] == [f"{run.pk}:undo:pay"] * 2


def test_i14_a_run_that_died_of_a_mistake_between_its_steps_is_taken_back():
    run = plan(to="nowhere")
    for _ in range(3):
        drain()
        Run.objects.update(due_at=LONG_AGO)
    assert (only_run().state, only_run().error_code) == ("dead", "KeyError")

    call_off(run)
    drain()

    assert only_run().state == "cancelled"
    assert notes() == ["book nowhere 0", "book nowhere 1", "unbook nowhere 1", "unbook nowhere 0"]
