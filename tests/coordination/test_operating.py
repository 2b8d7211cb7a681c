"""What an operator may say of a run, and what the engine makes of it."""

import pytest
from django.db import DataError

from apps.coordination.events import publish
from apps.coordination.models import Breaker, Run, Step
from apps.coordination.services.operating import (
    NothingWasAsked,
    run_again,
    settle_outside,
)
from apps.core.errors import OutcomeUnknown
from tests.make.engine import drain, only_run
from tests.make.stories import NoSuchStreet, ParcelPosted, courier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()


def post(problem, by="keyed"):
    courier.problems.append(problem)
    publish(ParcelPosted(to="elm", by=by))
    drain()
    return only_run()


def test_a_refused_call_that_somebody_did_by_hand_is_not_done_again():
    run = post(NoSuchStreet())

    settle_outside(run_id=run.pk, by="user:1", why="I carried it myself.")
    drain()

    assert len(courier.keys) == 1


def test_a_call_whose_answer_the_story_needs_is_parked_in_words_and_can_be_asked_again():
    run = post(NoSuchStreet())
    settle_outside(run_id=run.pk, by="user:1", why="I carried it myself.")
    drain()
    assert (only_run().state, only_run().error_code) == ("dead", "cannot_be_settled")

    run_again(run_id=run.pk, by="user:1", why="Ask them.")
    drain()

    assert only_run().state == "done"
    assert Step.objects.get(name="carry").output == "to elm"


def test_where_nothing_was_asked_nothing_can_have_been_done():
    run = post(NoSuchStreet())
    Step.objects.filter(name="carry").delete()

    with pytest.raises(NothingWasAsked):
        settle_outside(run_id=run.pk, by="user:1", why="?")

    assert only_run().state == "dead"


def test_a_reconcilable_receiver_is_asked_first_also_when_a_person_has_it_run_again():
    run = post(OutcomeUnknown(destination="courier", cause="silence"), by="reconcilable")
    Run.objects.update(state="running")
    Run.objects.update(state="dead")

    run_again(run_id=run.pk, by="user:1", why="")
    drain()

    assert len(courier.keys) == 1
    assert Step.objects.get(name="carry").output == "to elm, found"


def test_an_unknown_outcome_counts_against_its_destination_whoever_receives():
    post(OutcomeUnknown(destination="courier", cause="silence"), by="unsafe")

    assert only_run().state == "in_doubt"
    assert Breaker.objects.get(destination="courier").failures == 1


def test_a_mistake_in_sql_is_a_bug_and_not_an_outage():
    post(DataError("value too long"))
    for _ in range(2):
        courier.problems.append(DataError("value too long \x00"))
        Run.objects.update(due_at="2020-01-01T00:00:00Z")
        drain()

    assert (only_run().state, only_run().error_code) == ("dead", "DataError")


def test_however_a_run_is_parked_its_row_says_when_and_at_which_outside():
    run = post(NoSuchStreet())
    assert run.parked_at is not None
    assert run.destination == "courier"

    run_again(run_id=run.pk, by="user:1", why="")
    Step.objects.update(state="done")
    Run.objects.update(state="running")
    Run.objects.update(state="dead")

    assert only_run().parked_at > run.parked_at
    assert only_run().destination == ""
