"""The probes: alive, able to work, and if not, why not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.coordination.events import publish
from apps.coordination.hints import valkey
from apps.coordination.models import Heartbeat, Run
from apps.ops import health
from tests.make.stories import ParcelPosted

pytestmark = pytest.mark.django_db


def heartbeat(*, seconds_ago: int, process: str = "coordinator:here:1") -> None:
    beat = Heartbeat.objects.create(process=process, kind="coordinator")
    Heartbeat.objects.filter(pk=beat.pk).update(at=Now() - timedelta(seconds=seconds_ago))


@pytest.fixture
def no_database():
    """The connection leads to a port where nobody listens."""
    health.all_applied.cache_clear()
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = 1
    yield
    connection.settings_dict["PORT"] = port


def test_a_process_is_alive_before_any_coordinator_was_seen(client):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {
        "ok": True,
        "parts": {"process": "ok", "coordinator": "ok, none has started yet", "work": "ok"},
    }


def test_one_sweeping_coordinator_is_enough(client):
    heartbeat(seconds_ago=3000, process="coordinator:old:1")
    heartbeat(seconds_ago=2, process="coordinator:new:1")

    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json()["parts"]["coordinator"] == "ok"


def test_when_no_coordinator_swept_for_ten_seconds_the_probe_fails_and_says_so(client):
    heartbeat(seconds_ago=42)

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["ok"] is False
    assert response.json()["parts"]["coordinator"] == "silent for 42 s"


def test_when_work_stands_still_for_a_minute_the_probe_fails_and_says_so(client):
    heartbeat(seconds_ago=1)
    publish(ParcelPosted(to="elm"))
    Run.objects.update(due_at=Now() - timedelta(seconds=59))
    assert client.get("/healthz").status_code == 200

    Run.objects.update(due_at=Now() - timedelta(seconds=75))
    response = client.get("/healthz")

    assert response.status_code == 503
    said = "stands still: a run has been due for 75 s"
    assert response.json()["parts"] == {"process": "ok", "coordinator": "ok", "work": said}


def test_the_product_is_ready_with_database_migrations_and_broker(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["parts"] == {
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "mail": "ok",
    }


def test_the_probes_answer_any_host_over_plain_http_without_a_cookie(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get("/readyz", headers={"host": "10.2.3.4"})

    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


def test_a_probe_is_only_read(client):
    assert client.post("/healthz").status_code == 405
    assert client.head("/readyz").status_code == 200


def test_a_missing_migration_is_counted(client, monkeypatch):
    health.all_applied.cache_clear()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["migrations"] == "2 to apply: run manage.py migrate"


def test_a_broker_that_is_gone_is_named(client, settings):
    valkey.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    try:
        response = client.get("/readyz")
    finally:
        valkey.cache_clear()

    assert response.status_code == 503
    assert response.json()["parts"]["broker"] == "does not answer"


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_process_is_alive_but_not_ready(client, no_database):
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["parts"]["database"] == "does not answer"
