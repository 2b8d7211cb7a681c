"""What an operator does with dead letters."""

import pytest

from apps.coordination.events import publish
from apps.coordination.models import Event, Run
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


def act(client, action, run, why="I called them."):
    data = {"action": action, "_selected_action": [run.pk], "why": why}
    return client.post("/admin/coordination/run/", data, follow=True)


def test_the_list_of_dead_letters_shows_the_cause(admin_client, dead_run):
    page = admin_client.get("/admin/coordination/run/?parked=yes").content.decode()

    assert "no_such_street" in page


def test_run_again_goes_on_with_the_same_key_and_keeps_who_and_why(
    admin_client, admin_user, dead_run
):
    act(admin_client, "try_again", dead_run)
    drain()

    assert Run.objects.get(flow="post a parcel").state == "done"
    assert courier.keys == [f"{dead_run.pk}:carry"] * 2
    said = Event.objects.get(type="RunTriedAgain")
    assert (said.actor, said.why) == (f"user:{admin_user.pk}", "I called them.")


def test_the_second_press_is_told_and_changes_nothing(admin_client, dead_run):
    act(admin_client, "try_again", dead_run)

    page = act(admin_client, "try_again", dead_run).content.decode()

    assert "cannot move from ready" in page
    assert Event.objects.filter(type="RunTriedAgain").count() == 1


def test_giving_up_ends_the_run(admin_client, dead_run):
    act(admin_client, "abandon", dead_run)
    drain()

    assert Run.objects.get(flow="post a parcel").state == "cancelled"


def test_somebody_without_the_right_sees_no_runs(client, django_user_model, dead_run):
    client.force_login(django_user_model.objects.create_user("ada", is_staff=True, role="agent"))

    assert client.get("/admin/coordination/run/").status_code == 403


def test_one_run_shows_its_steps(admin_client, dead_run):
    page = admin_client.get(f"/admin/coordination/run/{dead_run.pk}/change/").content.decode()

    assert "weigh" in page
    assert f"{dead_run.pk}:carry" in page


@pytest.mark.parametrize("action", ["try_again", "was_done", "abandon"])
def test_a_reason_no_database_would_take_is_made_fit_and_kept(admin_client, dead_run, action):
    answer = act(admin_client, action, dead_run, why="no\0thing\r\n" + "x" * 5000)

    said = Event.objects.latest("pk")
    assert answer.status_code == 200
    assert said.why == f"nothing {'x' * 291}…"
    assert len(said.why) == 300


def test_the_list_of_runs_is_filtered_by_flow_and_counts_no_further_than_it_must(
    admin_client, dead_run, django_assert_num_queries
):
    page = admin_client.get("/admin/coordination/run/?flow=post+a+parcel")
    assert f"/admin/coordination/run/{dead_run.pk}/change/" in page.content.decode()

    other = admin_client.get("/admin/coordination/run/?flow=answer+the+bell").content.decode()
    assert f"/admin/coordination/run/{dead_run.pk}/change/" not in other
    # Session, person; how many, the page; the number in the header, and above the list.
    with django_assert_num_queries(6) as asked:
        admin_client.get("/admin/coordination/run/")
    assert [
        query["sql"] for query in asked if "COUNT" in query["sql"] and "LIMIT" not in query["sql"]
    ] == []


def test_no_two_lists_of_the_administration_have_nearly_the_same_name(admin_client):
    page = admin_client.get("/admin/")

    names = [str(model["name"]) for app in page.context["app_list"] for model in app["models"]]
    assert [name for name in names if name.startswith("Inbox")] == ["Inboxes"]
    assert "Taken-in keys" in names
