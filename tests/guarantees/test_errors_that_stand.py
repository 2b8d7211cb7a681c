"""The error of a step stands, and a finished call is not repeated (I8, I9)."""

from contextlib import suppress

import pytest

from apps.coordination.flows import Receiver
from apps.coordination.models import Step
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.core.errors import OutcomeUnknown, Refused
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

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calm_harbour")]
LONG_AGO = "2020-01-01T00:00:00Z"
WHO = {"by": "user:1", "why": "x"}


pay = told("pay")
send = told("send", receiver=Receiver.UNSAFE)


post = told("post", receiver=Receiver.UNSAFE, returns=None)
fetch = told("fetch")


@plan
def post_then_fetch(run):
    run.call("post", post)
    run.call("fetch", fetch)


def test_i8_run_again_repeats_no_finished_call_that_returned_nothing():
    run = settled_without_answer("post_then_fetch", "fetch")
    assert state()[2] == "cannot_be_settled"

    run_again(run_id=run.pk, **WHO)
    drain()

    assert world.asked.count("post") == 1  # finished, unsafe


@plan
def catching(run):
    try:
        run.call("pay", pay)
    except No:
        run.transact("apologise", note, what="sorry")
    run.wait("never", Called)


def test_i8_an_error_that_a_story_catches_stands():
    start("catching")
    world.problems["pay"] = [No()]

    drain()

    assert (world.asked, notes(), state()[0]) == (["pay"], [], "dead")


@plan
def catching_doubt(run):
    with suppress(Refused):
        run.call("send", send)


def test_i9_a_story_that_catches_refusals_swallows_no_doubt():
    start("catching_doubt")
    world.problems["send"] = [OutcomeUnknown(destination="send", cause="silence")]
    drain()
    assert (state()[0], Step.objects.get().state) == ("in_doubt", "in_doubt")


ferry = told("ferry")
ferry_back = told("ferry back", receiver=Receiver.UNSAFE, returns=None)
seat = told("seat", receiver=Receiver.UNSAFE)


@plan
def ferry_then_seat(run):
    run.call("ferry", ferry)
    run.undo("ferry", ferry_back)
    run.call("seat", seat)


def test_i9_run_again_on_the_way_back_repeats_no_undo_that_returned_nothing():
    run = start("ferry_then_seat")
    world.problems["seat"] = [OutcomeUnknown(destination="seat", cause="silence")]
    drain()
    settle_outside(run_id=run.pk, by="user:1", why="The seat is ours.")
    drain()
    give_up(run_id=run.pk, **WHO)
    drain()
    assert state() == ("dead", True, "cannot_be_settled")

    run_again(run_id=run.pk, **WHO)
    drain()
    assert state() == ("in_doubt", True, "in_doubt")  # was the seat taken or not?
    run_again(run_id=run.pk, **WHO)
    drain()

    assert state()[0] == "cancelled"
    assert world.asked == ["ferry", "seat", "ferry back"]
