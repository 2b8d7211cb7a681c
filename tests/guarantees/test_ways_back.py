"""The way back in its corners: doubt, persons, other stories, interruptions (I8, I9, I14)."""

from contextlib import suppress

import pytest

from apps.coordination import ledger, runtime
from apps.coordination.events import publish
from apps.coordination.flows import Receiver
from apps.coordination.models import Run, Step
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.core.errors import OutcomeUnknown
from tests.make.engine import drain
from tests.make.harbour import (
    Called,
    No,
    note,
    notes,
    plan,
    settled_without_answer,
    start,
    state,
    told,
    world,
)
from tests.make.stories import Crash

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calm_harbour")]
LONG_AGO = "2020-01-01T00:00:00Z"
WHO = {"by": "user:1", "why": "x"}


pay = told("pay")
pay_back = told("pay back")


@plan
def simple(run):
    run.call("pay", pay)
    run.undo("pay", pay_back)
    run.wait("never", Called)


def test_i14_run_again_on_the_way_back_remembers_a_payment_that_may_have_been_made():
    run = start("simple")
    world.problems["pay"] = [Crash(), No()]
    with pytest.raises(Crash):
        runtime.advance(run_id=run.pk)
    give_up(run_id=run.pk, **WHO)
    Run.objects.filter(state="running").update(lease_until=LONG_AGO, due_at=LONG_AGO)
    drain()
    assert state() == ("dead", True, "no")
    assert Step.objects.get(name="pay").state == "started"

    run_again(run_id=run.pk, **WHO)
    drain()

    assert (state()[0], world.asked) == ("cancelled", ["pay", "pay", "pay", "pay back"])


def test_i14_run_again_before_giving_up_remembers_it_too():
    run = start("simple")
    world.problems["pay"] = [Crash(), No(), No()]
    with pytest.raises(Crash):
        runtime.advance(run_id=run.pk)
    Run.objects.filter(state="running").update(lease_until=LONG_AGO, due_at=LONG_AGO)
    drain()
    assert state()[0] == "dead"
    assert Step.objects.get(name="pay").state == "started"
    run_again(run_id=run.pk, **WHO)
    drain()
    assert state()[0] == "dead"

    give_up(run_id=run.pk, **WHO)
    drain()

    assert Step.objects.get(name="pay").state != "failed"
    assert world.asked == ["pay", "pay", "pay", "pay", "pay back"]


send = told("send", receiver=Receiver.UNSAFE)
call_back = told("call back")


@plan
def unsafe_one(run):
    run.call("send", send)
    run.undo("send", call_back)


def test_i9_an_unsafe_call_of_unknown_end_is_put_before_a_person_though_given_up_meanwhile():
    run = start("unsafe_one")
    world.meanwhile["send"] = [lambda: give_up(run_id=run.pk, **WHO)]
    world.problems["send"] = [OutcomeUnknown(destination="send", cause="silence")]

    drain()

    assert state()[:2] == ("in_doubt", True)


ferry, ferry_back = told("ferry"), told("ferry back", receiver=Receiver.UNSAFE, returns=None)
hotel, hotel_back = told("hotel", returns=None), told("hotel back")


@plan
def two_calls(run):
    run.call("ferry", ferry)
    run.undo("ferry", ferry_back)
    run.call("hotel", hotel)
    run.undo("hotel", hotel_back)


def test_i14_settling_an_undo_settles_nothing_else():
    run = start("two_calls")
    world.problems["hotel"] = [No()]
    world.problems["ferry back"] = [OutcomeUnknown(destination="x", cause="silence")]
    drain()
    assert state()[0] == "dead"  # the hotel said no
    give_up(run_id=run.pk, **WHO)
    drain()
    assert state()[:2] == ("in_doubt", True)  # was the ferry given back?

    settle_outside(run_id=run.pk, by="user:1", why="The ferry was given back.")
    drain()

    assert "hotel back" not in world.asked  # the hotel was never booked


lend, lend_back = told("lend"), told("lend back", receiver=Receiver.UNSAFE)


@plan
def undo_with_answer(run):
    run.transact("room", note, what="room")
    run.undo("room", note, what="unroom")
    run.call("lend", lend)
    run.undo("lend", lend_back)
    run.wait("never", Called)


def test_i14_an_undo_in_doubt_is_settled_without_an_answer():
    run = start("undo_with_answer")
    drain()
    world.problems["lend back"] = [OutcomeUnknown(destination="x", cause="silence")]
    give_up(run_id=run.pk, **WHO)
    drain()
    assert state()[:2] == ("in_doubt", True)

    settle_outside(run_id=run.pk, by="user:1", why="It was given back.")
    drain()

    assert (state()[0], notes()) == ("cancelled", ["room", "unroom"])


@plan
def two_undos(run):
    run.transact("room", note, what="room")
    run.undo("room", note, what="give the key back")
    run.undo("room", pay_back)
    run.wait("never", Called)


def test_i14_a_step_has_one_undo():
    start("two_undos")
    drain()

    assert state()[2] == "TypeError"


LONG = "n" * 78


@plan
def long_name(run):
    run.transact(LONG, note, what="room")
    run.undo(LONG, note, what="unroom")
    run.wait("never", Called)


def test_i14_a_step_whose_undo_would_have_too_long_a_name_is_not_begun():
    start("long_name")
    drain()

    assert (state()[2], notes()) == ("ValueError", [])


def unroom(*, room: str) -> str:
    return note(what=f"un{room}")


@plan
def positional(run):
    room = run.transact("room", note, what="room")
    run.undo("room", unroom, room)
    run.wait("never", Called)


def test_i14_an_undo_takes_named_values_only():
    start("positional")
    drain()

    assert state()[2] == "TypeError"


shorter = []


@plan
def changed(run):
    run.transact("room", note, what="room")
    run.undo("room", note, what="unroom")
    if shorter:
        return
    run.call("pay", pay)
    run.undo("pay", pay_back)
    run.wait("never", Called)


def test_i14_a_way_back_whose_story_no_longer_comes_as_far_says_so():
    run = start("changed")
    drain()
    shorter.append(1)
    give_up(run_id=run.pk, **WHO)
    drain()
    shorter.clear()

    assert state()[2] == "non_determinism"


@plan
def room_then_pay(run):
    run.transact("room", note, what="room")
    run.undo("room", note, what="unroom")
    run.call("pay", pay)
    run.undo("pay", pay_back)


def test_i14_what_was_done_before_an_unknown_answer_is_taken_back_and_the_rest_shown():
    run = settled_without_answer("room_then_pay", "pay")
    assert state()[2] == "cannot_be_settled"

    give_up(run_id=run.pk, **WHO)
    drain()

    assert (state(), notes()) == (("dead", True, "cannot_be_settled"), ["room", "unroom"])


def test_i14_run_again_on_the_way_back_asks_for_the_missing_answer_and_takes_it_back():
    run = settled_without_answer("room_then_pay", "pay")
    give_up(run_id=run.pk, **WHO)
    drain()

    run_again(run_id=run.pk, **WHO)
    drain()

    assert (state()[0], notes()) == ("cancelled", ["room", "unroom"])
    assert world.asked == ["pay", "pay", "pay back"]


@plan
def room_then_a_payment_whose_errors_are_caught(run):
    run.transact("room", note, what="room")
    run.undo("room", note, what="unroom")
    with suppress(Exception):
        run.call("pay", pay)


def test_i14_a_story_that_catches_the_missing_answer_is_taken_back_all_the_same():
    run = settled_without_answer("room_then_a_payment_whose_errors_are_caught", "pay")

    give_up(run_id=run.pk, **WHO)
    drain()

    assert (state(), notes()) == (("dead", True, "cannot_be_settled"), ["room", "unroom"])


def test_i14_a_poisonous_run_that_is_given_up_while_it_runs_finds_its_way_back():
    run = start("simple")
    drain()
    publish(Called())
    Run.objects.update(takeovers=4)
    assert ledger.claim(run.pk, owner="dying")

    give_up(run_id=run.pk, **WHO)
    Run.objects.update(lease_until=LONG_AGO, due_at=LONG_AGO)
    drain()

    assert (state()[0], world.asked) == ("cancelled", ["pay", "pay back"])
