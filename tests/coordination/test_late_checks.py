"""What the database checks only at a commit fails the step that did it, and no other."""

import pytest

from apps.coordination.models import Attempt, Run, Step
from tests.make.engine import drain
from tests.make.harbour import No, note, notes, plan, start, told, world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calm_harbour")]
LONG_AGO = "2020-01-01T00:00:00Z"


def dangle() -> None:
    """Point at a row that is not there; PostgreSQL looks for it when the transaction ends."""
    Attempt.objects.create(step_id=987_654_321, number=1, fence=1, request={})


tow = told("tow")


@plan
def note_then_dangle(run):
    run.transact("note", note, what="left")
    run.transact("dangle", dangle)


@plan
def tow_then_dangle(run):
    run.call("tow", tow)
    run.transact("dangle", dangle)


@plan
def dangle_then_refuse(run):
    run.transact("note", note, what="left")
    run.transact("dangle", dangle)
    raise No


@plan
def dangle_then_tow(run):
    run.transact("note", note, what="left")
    run.transact("dangle", dangle)
    run.call("tow", tow)


def until_it_stops():
    for _ in range(4):
        drain()
        Run.objects.filter(state="ready").update(due_at=LONG_AGO)
    run = Run.objects.get()
    return run.state, run.error_code, run.attempts, run.takeovers


@pytest.mark.parametrize("name", ["note_then_dangle", "dangle_then_refuse", "dangle_then_tow"])
def test_the_step_before_it_stays_and_the_cause_is_told(name):
    start(name)

    assert until_it_stops() == ("dead", "IntegrityError", 3, 0)
    assert notes() == ["left"]
    assert world.asked == []


def test_the_answer_before_it_stays_and_is_not_asked_for_again():
    start("tow_then_dangle")

    assert until_it_stops() == ("dead", "IntegrityError", 3, 0)
    assert world.asked == ["tow"]
    assert Step.objects.get().state == "done"
