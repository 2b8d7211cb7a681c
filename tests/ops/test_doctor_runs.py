"""The doctor on runs: which stand, behind which other, and why; which a person must decide."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db.models.functions import Now

from apps.coordination import ledger, runtime
from apps.coordination.events import start_run
from apps.coordination.models import Run
from apps.coordination.services.operating import give_up
from apps.core.errors import OutcomeUnknown, Unavailable
from apps.ops.doctor.examining import explained
from tests.make.bells import ring
from tests.make.doctor import DESK, ago, findings, healthy_desk, only_finding, parked, posted, said
from tests.make.engine import drain
from tests.make.stories import Crash, ParcelPosted, courier

pytestmark = pytest.mark.django_db


class NoAnswer(Unavailable):
    message = "The courier does not answer."


@pytest.fixture(autouse=True)
def desk():
    healthy_desk()


def test_a_run_behind_a_dead_letter_names_it():
    dead = parked()
    Run.objects.filter(pk=dead.pk).update(error="It broke.")
    later = posted(late=200)

    told = {found.name: found for found in findings()}

    assert told["held_back"].wrong == (
        f"Run {later.pk} (post a parcel, street:elm) stands behind run {dead.pk} (post a parcel, "
        f"street:elm), which is a dead letter since 0 s: It broke."
    )
    assert told["held_back"].cure == f"Decide about run {dead.pk} at {DESK}."


def test_a_run_behind_one_that_backs_off_names_it_and_asks_for_nobody():
    first = posted(late=-60, attempts=2, error="The courier is ill.", error_code="no_answer")
    posted(late=200)
    posted(late=100)

    found = only_finding("held_back")

    assert found.wrong.endswith(
        f"stands behind run {first.pk} (post a parcel, street:elm), which tries again in 60 s, "
        f"after 2 failed attempts: The courier is ill, and 1 other too."
    )
    assert (found.cure, found.urgent) == ("Nothing: that one is tried again by itself.", False)


def test_a_run_behind_one_in_good_hands_is_no_trouble():
    ledger.claim(posted().pk, owner="somebody")
    posted(late=200)

    assert findings() == []


def test_a_dead_letter_is_told_with_its_cause_and_where_to_decide():
    run = parked()

    found = only_finding("dead")

    assert found.wrong == (
        f"Run {run.pk} of “post a parcel” has been a dead letter for 0 s at courier, "
        f"no_such_street: There is no such street."
    )
    assert found.cure == f"Run again, mark as done outside, or give up, at {DESK}."


def test_runs_in_doubt_are_counted_by_cause():
    unknown = OutcomeUnknown(destination="courier", cause="silence")
    first = parked(unknown, by="unsafe")
    parked(unknown, by="unsafe", to="oak")

    found = only_finding("in_doubt")

    assert found.wrong.startswith(
        f"2 runs of “post a parcel”, run {first.pk} first, have been in doubt for up to 0 s at "
        f"courier, in_doubt: Step carry: whether courier did it is not known."
    )


def test_a_version_that_this_release_lacks_is_named():
    run = posted(late=-30, version=9)

    found = only_finding("version_missing")

    assert found.wrong == (
        f"Run {run.pk} cannot go on: version 9 of “post a parcel” is not in this release."
    )
    assert found.cure == (
        "Go back to a release that has it, or deploy one; then run the dead ones again."
    )
    posted("oak", late=-30, version=9)
    assert only_finding("version_missing").wrong.startswith(
        f"2 unfinished runs, run {run.pk} first, cannot go on: version 9"
    )


def test_a_run_that_kills_its_process_again_and_again_is_named():
    run = posted()
    for _ in range(2):
        courier.problems.append(Crash())
        with pytest.raises(Crash):
            runtime.advance(run_id=run.pk)
        Run.objects.update(lease_until=ago(1), due_at=ago(1))
        runtime.revoke_lost(run.pk)

    found = only_finding("taken_over_again")

    assert found.wrong == (
        f"Run {run.pk} (post a parcel, street:elm) has lost its process 2 times and becomes a "
        f"dead letter the 5th time."
    )
    assert found.cure == ("Look in the worker's log for what kills it, such as too little memory.")


def why(run):
    name, _, rest = explained(run.pk).partition(") ")
    assert name == f"Run {run.pk} ({run.flow}, {run.serial_key}"
    return rest


def test_each_reason_why_a_run_is_not_running_can_be_asked_for():
    first = posted(late=-50, error_code="breaker_open", error="courier is left alone.")
    assert why(first) == "leaves its destination alone for 50 s more: courier is left alone."

    second = posted("oak", late=-50, version=9)
    assert why(second) == (
        "needs version 9 of “post a parcel”, which this release lacks; it looks again in 50 s."
    )

    third = posted("ash")
    ledger.claim(third.pk, owner="host:1")
    assert why(third) == "is in the hands of host:1, whose lease holds for 30 s more."

    drain()
    courier.problems.append(NoAnswer())
    fourth = posted("fir")
    drain()
    Run.objects.filter(pk=fourth.pk).update(due_at=Now() + timedelta(seconds=50))
    assert why(fourth) == (
        "tries again in 50 s, after 1 failed attempt: The courier does not answer."
    )

    fifth = posted("yew")
    drain()
    assert why(fifth) == "is over."


def test_a_run_that_waits_says_for_what_and_since_when():
    ring()
    drain()
    run = Run.objects.get()
    run.steps.filter(kind="wait").update(started_at=ago(600))

    assert why(run) == "has waited for DoorOpened for 10 min, and waits 60 min more at most."


def test_a_run_that_was_given_up_is_named_as_on_its_way_back():
    dead = parked()
    give_up(run_id=dead.pk, by="user:1", why="Enough.")
    Run.objects.filter(pk=dead.pk).update(due_at=ago(45))

    assert only_finding("nobody_works").wrong == (
        f"Run {dead.pk} (post a parcel, street:elm, being taken back) could have gone on for "
        f"45 s and nobody took it."
    )


def test_a_run_behind_others_names_them_all():
    dead = parked()
    held = start_run(flow="post a parcel", key="street:elm", input=ParcelPosted(to="elm"))
    last = Run.objects.get(pk=held)

    assert why(last) == (
        f"stands behind run {dead.pk} (post a parcel, street:elm), which is a dead letter since "
        f"0 s: There is no such street."
    )


def test_a_run_that_does_not_exist_is_told_so():
    with pytest.raises(CommandError, match="There is no run 404"):
        said("--run", "404")
