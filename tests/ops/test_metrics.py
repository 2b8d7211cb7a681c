"""What Prometheus reads, who may read it, and what the one number that matters counts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.coordination import ledger
from apps.coordination.events import publish
from apps.coordination.hints import valkey
from apps.coordination.models import Breaker, Heartbeat, Run
from apps.ops.lateness import oldest_due
from tests.make.stories import ParcelPosted

pytestmark = pytest.mark.django_db
KEY = "a long random text"


@pytest.fixture(autouse=True)
def key(settings):
    settings.METRICS_KEY = KEY


def read(client, *, key=KEY):
    return client.get("/metrics", headers={"authorization": f"Bearer {key}"})


def numbers(client):
    lines = read(client).content.decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def posted(to="elm", *, late=0.0, **fields):
    """A run that has been due for so many seconds."""
    publish(ParcelPosted(to=to))
    run = Run.objects.latest("pk")
    Run.objects.filter(pk=run.pk).update(due_at=Now() - timedelta(seconds=late), **fields)
    return run


def seconds():
    """How late the engine is, to the second."""
    return round(oldest_due())


def test_the_numbers_are_told_as_prometheus_reads_them(client):
    posted(late=30, signals=4)
    posted("oak", takeovers=2)
    posted("ash", state="dead")
    Heartbeat.objects.create(process="coordinator:here:1", kind="coordinator")
    Breaker.objects.create(destination='the "shop"', failures=6, open_until=Now())

    told = numbers(client)

    assert round(float(told.pop("supportcoord_oldest_due_seconds"))) == 30
    assert round(float(told.pop("supportcoord_coordinator_silence_seconds"))) == 0
    assert told == {
        'supportcoord_runs{state="ready"}': "2",
        'supportcoord_runs{state="running"}': "0",
        'supportcoord_runs{state="waiting"}': "0",
        'supportcoord_runs{state="dead"}': "1",
        'supportcoord_runs{state="in_doubt"}': "0",
        "supportcoord_takeovers": "2",
        "supportcoord_signals_again": "3",
        'supportcoord_breaker_open{destination="the \\"shop\\""}': "1",
        'supportcoord_failures_in_a_row{destination="the \\"shop\\""}': "6",
        "supportcoord_broker_up": "1",
        "supportcoord_broker_backlog": str(valkey().llen("celery")),
    }


def test_each_number_is_explained(client):
    answer = read(client)

    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.content.decode().startswith(
        "# HELP supportcoord_oldest_due_seconds How long a run could go on and did not.\n"
        "# TYPE supportcoord_oldest_due_seconds gauge\n"
        "supportcoord_oldest_due_seconds 0\n"
    )


def test_a_desk_that_no_coordinator_ever_served_is_silent_without_end(client):
    assert numbers(client)["supportcoord_coordinator_silence_seconds"] == "+Inf"


def test_nobody_reads_them_who_does_not_show_the_key(client, settings):
    for answer in (read(client, key="another"), read(client, key=""), client.get("/metrics")):
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
        assert b"oldest_due" not in answer.content


def test_without_a_key_in_the_settings_nobody_reads_them_at_all(client, settings):
    settings.METRICS_KEY = ""

    assert read(client, key="").status_code == 404
    assert client.get("/metrics").status_code == 404


def test_a_broker_that_is_away_is_a_number_too(client, settings):
    valkey.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    try:
        told = numbers(client)
    finally:
        valkey.cache_clear()

    assert told["supportcoord_broker_up"] == "0"


@pytest.mark.django_db(transaction=True)
def test_without_a_database_there_are_no_numbers(client):
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = 1
    try:
        assert read(client).status_code == 503
    finally:
        connection.settings_dict["PORT"] = port


def test_a_run_nobody_takes_is_late():
    posted(late=25)
    posted("oak", late=3)

    assert seconds() == 25


def test_what_is_not_due_yet_is_not_late():
    posted(late=-40)

    assert seconds() == 0


def test_what_was_parked_or_is_over_is_not_late():
    posted(late=90, state="dead")
    posted("oak", late=90, state="cancelled")

    assert seconds() == 0


def test_what_an_earlier_run_of_its_key_holds_back_is_not_late():
    posted(late=-40)
    posted(late=90)

    assert seconds() == 0


def test_what_waits_for_a_run_of_its_key_in_good_hands_is_not_late():
    ledger.claim(posted().pk, owner="somebody")
    posted(late=90)

    assert seconds() == 0


def test_a_run_whose_worker_fell_silent_is_late_from_the_end_of_its_lease():
    first = posted()
    ledger.claim(first.pk, owner="somebody")
    Run.objects.filter(pk=first.pk).update(
        lease_until=Now() - timedelta(seconds=7), due_at=Now() - timedelta(seconds=7)
    )
    posted(late=90)

    assert seconds() == 7


def test_a_silent_run_is_late_even_when_an_earlier_one_of_its_key_was_revived():
    earlier = posted(state="dead", parks=False)
    later = posted()
    ledger.claim(later.pk, owner="somebody")
    Run.objects.filter(pk=later.pk).update(due_at=Now() - timedelta(seconds=7))
    Run.objects.filter(pk=earlier.pk).update(state="ready")

    assert seconds() == 7


def test_a_run_that_stood_behind_another_is_late_from_the_moment_that_one_ended():
    posted(state="cancelled", finished_at=Now() - timedelta(seconds=4))
    posted(late=90)

    assert seconds() == 4
