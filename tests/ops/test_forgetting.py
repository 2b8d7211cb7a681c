"""What is over is forgotten in time, a little at a time; nothing else ever is."""

import io
import re
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now

from apps.coordination.events import publish, start_run
from apps.coordination.models import Attempt, Event, Inbox, Run, Step
from apps.coordination.services.forgetting import RUNS, forget_runs
from apps.coordination.services.taking_in import remember_answer, take_in
from apps.ops.sample.playing import SOURCE
from apps.ops.services.retention import forget_old
from apps.ops.stack.preflight import entrance
from apps.ops.tasks import forget_old_runs
from tests.make.engine import drain
from tests.make.stories import ParcelPosted, courier

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()


def done(*, days_ago=100.0, to="elm"):
    """A run that ended so long ago."""
    publish(ParcelPosted(to=to))
    drain()
    run = Run.objects.latest("pk")
    Run.objects.filter(pk=run.pk).update(finished_at=Now() - timedelta(days=days_ago))
    return run


def answered(*, days_ago, source="api:key 1", key="a"):
    """An answer given so long ago."""
    take_in(source=source, external_id=key, request=key)
    remember_answer(source=source, external_id=key, status=201, body={})
    Inbox.objects.filter(external_id=key).update(at=Now() - timedelta(days=days_ago))


def said(*arguments):
    text = io.StringIO()
    call_command("forget_runs", *arguments, stdout=text)
    return text.getvalue()


def test_a_run_that_ended_long_ago_is_forgotten_with_all_it_remembered():
    done(days_ago=91)
    young = done(days_ago=89, to="oak")

    sentence = said()

    assert sentence == (
        "1 run that ended more than 90 days ago and 0 answers given more than 90 days ago "
        "are forgotten.\n"
    )
    assert list(Run.objects.values_list("pk", flat=True)) == [young.pk]
    assert set(Step.objects.values_list("run_id", flat=True)) == {young.pk}
    assert Attempt.objects.get().step.run_id == young.pk
    assert Event.objects.filter(type="ParcelPosted").count() == 2


def test_days_may_be_parts_of_a_day():
    done(days_ago=0.4)
    done(days_ago=0.6, to="oak")

    assert said("--days", "0.5").startswith("1 run that ended more than 0.5 days ago")
    assert Run.objects.get().serial_key == "street:elm"


@pytest.mark.parametrize("days", ["-1", "nan", "soon"])
def test_days_that_are_none_are_refused(days):
    with pytest.raises(CommandError, match="--days"):
        call_command("forget_runs", "--days", days)


@pytest.mark.parametrize("state", ["ready", "running", "waiting", "dead", "in_doubt"])
def test_what_is_not_over_is_never_forgotten(state):
    run_id = start_run(flow="post a parcel", key="street:elm", input=ParcelPosted(to="elm"))
    for move in ("running", state) if state != "ready" else ():
        Run.objects.filter(pk=run_id).exclude(state=move).update(state=move)
    Run.objects.update(finished_at=Now() - 1000 * DAY, created_at=Now() - 1000 * DAY)

    assert forget_runs(older_than=DAY) == 0
    assert Run.objects.get().state == state


def test_a_run_that_an_unfinished_one_is_about_is_kept_until_that_has_ended():
    told = done()
    start_run(flow="tell of a parked reply", key="street:elm", input={"run_id": told.pk})

    assert forget_runs(older_than=DAY) == 0

    Run.objects.exclude(pk=told.pk).update(state="cancelled", finished_at=Now() - 2 * DAY)
    assert forget_runs(older_than=DAY) == 2


def test_each_batch_is_one_question_however_many_runs_there_are(django_assert_num_queries):
    for number in range(5):
        done(to=f"street {number}")

    with django_assert_num_queries(4):
        assert forget_runs(older_than=DAY, batch=2) == 5


def test_what_is_old_is_found_without_looking_at_what_is_young():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        params = {"age": DAY, "after": "-infinity", "limit": 1}
        cursor.execute(f"EXPLAIN {RUNS}", params)
        plan = " ".join(line for (line,) in cursor.fetchall())

    assert re.search(
        r"Index Scan using run_over .*?Index Cond: \(\(finished_at < \(statement", plan
    )


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_is_passed_over_without_waiting():
    held, free = done(), done(to="oak")
    with psycopg.connect(**entrance(connection.settings_dict)) as other:
        other.execute("SELECT 1 FROM coordination_run WHERE id = %s FOR UPDATE", [held.pk])

        assert forget_runs(older_than=DAY) == 1

    assert Run.objects.get().pk == held.pk
    assert not Step.objects.filter(run=free).exists()
    assert forget_runs(older_than=DAY) == 1


def test_an_answer_is_kept_for_thirty_days_however_soon_runs_are_forgotten():
    answered(days_ago=29, key="young")
    answered(days_ago=31, key="old")

    gone = forget_old(days=0.5)

    assert (gone.runs, gone.answers) == (0, 1)
    assert Inbox.objects.get().external_id == "young"


def test_the_sample_desk_remembers_for_ever_that_it_was_set_up():
    answered(days_ago=1000, source=SOURCE)

    assert forget_old(days=1).answers == 0


def test_the_clockwork_forgets_what_the_setting_says(settings):
    settings.RUNS_KEPT_DAYS = 10
    done(days_ago=11)
    young = done(days_ago=9, to="oak")

    forget_old_runs()

    assert Run.objects.get().pk == young.pk
    assert settings.CLOCKWORK["apps.ops.tasks.forget_old_runs"] == timedelta(hours=1)
