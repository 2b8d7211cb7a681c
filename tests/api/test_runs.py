"""Runs over REST: what the engine did, and what an operator decides."""

import pytest

from apps.coordination.events import publish
from apps.coordination.models import Event, Run
from tests.api.client import Caller
from tests.make.accounts import person
from tests.make.engine import drain
from tests.make.stories import NoSuchStreet, ParcelPosted, courier

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead_run():
    courier.keys.clear()
    courier.problems[:] = [NoSuchStreet()]
    publish(ParcelPosted(to="elm"))
    drain()
    return Run.objects.get(flow="post a parcel")


def found(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_dead_letters_are_listed_with_their_cause(caller, dead_run):
    (row,) = caller.get("runs/?state=dead&state=in_doubt&flow=post+a+parcel").json()["results"]

    assert (row["id"], row["key"], row["error_code"]) == (
        dead_run.pk,
        "street:elm",
        "no_such_street",
    )
    assert found(caller.get("runs/?key=street:elm&flow=post+a+parcel")) == [dead_run.pk]
    assert found(caller.get("runs/?key=street:oak")) == []
    assert caller.get("runs/?state=asleep").status_code == 400


def test_the_list_asks_the_database_a_fixed_number_of_times(
    caller, dead_run, django_assert_num_queries
):
    publish(ParcelPosted(to="oak"))
    caller.get("runs/")

    with django_assert_num_queries(2):
        caller.get("runs/")


def test_a_run_is_shown_with_its_steps_and_attempts(caller, dead_run, django_assert_num_queries):
    caller.get("runs/")

    with django_assert_num_queries(4):
        body = caller.get(f"runs/{dead_run.pk}/").json()

    weigh, carry = body["steps"]
    assert (weigh["name"], weigh["state"], weigh["output"]) == ("weigh", "done", 7)
    assert (carry["idem_key"], carry["destination"]) == (f"{dead_run.pk}:carry", "courier")
    assert [attempt["number"] for attempt in carry["tries"]] == [1]
    assert body["input"] == {"to": "elm", "by": "keyed"}


def test_run_again_goes_on_with_the_same_key(caller, dead_run):
    answer = caller.post(f"runs/{dead_run.pk}/again/", {"why": "The street was built."})
    drain()

    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
    dead_run.refresh_from_db()
    assert dead_run.state == "done"
    assert courier.keys == [f"{dead_run.pk}:carry"] * 2
    assert Event.objects.get(type="RunTriedAgain").why == "The street was built."


def test_giving_up_needs_a_reason_and_ends_the_run(caller, dead_run):
    without = caller.post(f"runs/{dead_run.pk}/give-up/", {})
    answer = caller.post(f"runs/{dead_run.pk}/give-up/", {"why": "Wrong street."})
    again = caller.post(f"runs/{dead_run.pk}/give-up/", {"why": "Wrong street."})

    assert without.status_code == 400
    assert (answer.status_code, answer.json()["undoing"]) == (200, True)
    assert (again.status_code, again.json()["code"]) == (409, "already_given_up")
    drain()
    dead_run.refresh_from_db()
    assert dead_run.state == "cancelled"


def test_what_was_done_outside_lets_the_run_go_on(caller, dead_run):
    answer = caller.post(f"runs/{dead_run.pk}/was-done/", {"why": "I saw it."})

    assert (answer.status_code, answer.json()["state"]) == (200, "ready")


def test_an_unknown_run_is_not_found(caller):
    assert caller.get("runs/4711/").status_code == 404
    for act in ("again", "give-up", "was-done"):
        assert caller.post(f"runs/4711/{act}/", {"why": "x"}).status_code == 404


def test_reading_runs_does_not_open_deciding(dead_run, stranger):
    for act in ("again", "give-up", "was-done"):
        path = f"runs/{dead_run.pk}/{act}/"
        assert Caller("runs:read").post(path, {"why": "x"}).status_code == 403
        assert stranger.post(path, {"why": "x"}).status_code == 401
    assert Caller("tickets:read").get("runs/").status_code == 403


def test_a_lead_reads_runs_and_an_agent_does_not(client):
    client.force_login(person(role="lead"))
    assert client.get("/api/v1/runs/").status_code == 200
    client.force_login(person(role="agent"))
    assert client.get("/api/v1/runs/").status_code == 403
