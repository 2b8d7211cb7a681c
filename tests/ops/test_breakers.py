"""Breakers: how each destination stands, who waits for it, and asking it at once."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from apps.coordination import runtime
from apps.coordination.events import publish
from apps.coordination.models import Breaker, Event, Run
from apps.core.errors import Unavailable
from apps.ops.present.breakers import how_it_stands
from apps.ops.queries.breakers import breakers, waiting
from tests.make.accounts import person
from tests.make.engine import drain
from tests.make.parked import asked, parked
from tests.make.stories import ParcelPosted, courier

pytestmark = pytest.mark.django_db

PAGE = "/admin/coordination/breaker/"


class Closed(Unavailable):
    message = "The courier has closed."


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()


def breaker(destination="courier", *, left=None, probe=None, **fields) -> Breaker:
    moments = {"open_until": left, "probe_until": probe}
    soon = {name: Now() + timedelta(seconds=s) for name, s in moments.items() if s is not None}
    return Breaker.objects.create(destination=destination, **soon, **fields)


@pytest.mark.parametrize(
    ("facts", "name", "says"),
    [
        ({}, "closed", "It answers."),
        ({"failures": 2}, "closed", "It is asked; 4 more failures would open it."),
        ({"failures": 5}, "closed", "It is asked; 1 more failure would open it."),
        ({"failures": 6, "left": 12}, "open", "It is left alone, and asked again in 12 s."),
        ({"failures": 6, "left": -1}, "half open", "The next run asks it as a probe."),
        (
            {"failures": 6, "left": -1, "probe": 20},
            "half open",
            "One probe is out; the others wait for its answer.",
        ),
    ],
)
def test_its_state_is_told_in_words(facts, name, says):
    breaker(**facts)

    look, sentence = how_it_stands(breakers()[0])

    assert (look.name, sentence) == (name, says)


def held_back(streets: int) -> None:
    """The courier fails six times; these parcels have met the closed door."""
    courier.problems[:] = [Closed() for _ in range(6)]
    for number in range(streets):
        publish(ParcelPosted(to=f"elm{number}"))
        runtime.advance(run_id=Run.objects.latest("pk").pk)
    Run.objects.filter(error_code="closed").update(due_at=Now() + timedelta(hours=1))


def test_it_counts_the_runs_that_wait_and_leads_to_the_dead_letters(admin_client):
    held_back(9)
    (run,) = parked()
    asked(run)

    text = admin_client.get(PAGE).content.decode()

    assert waiting() == {"courier": 9}
    assert "9 runs wait" in text
    assert "The courier has closed." in text
    assert '<a href="/admin/coordination/run/dead-letters/?destination=courier">1 dead' in text


def test_asking_at_once_sends_one_probe_and_keeps_who_and_why(admin_client, admin_user):
    held_back(9)
    behind = Run.objects.filter(error_code="breaker_open")
    assert behind.count() == 3

    admin_client.post(f"{PAGE}ask/", {"destination": "courier", "why": "They called."})
    courier.problems[:] = [Closed() for _ in range(9)]
    drain()

    assert len(courier.keys) == 7
    assert Breaker.objects.get().failures == 7
    event = Event.objects.get(type="DestinationAskedAgain")
    assert (event.stream, event.why) == ("breaker:courier", "They called.")
    assert event.actor == f"user:{admin_user.pk}"
    text = admin_client.get(PAGE).content.decode()
    assert f"{admin_user} had it asked just now: They called." in text


def test_when_the_probe_works_the_breaker_closes(admin_client):
    held_back(7)

    admin_client.post(f"{PAGE}ask/", {"destination": "courier"})
    drain()

    assert Breaker.objects.get().open_until is None
    assert Run.objects.filter(state="done").count() == 1


@pytest.mark.parametrize("facts", [{}, {"failures": 6, "left": -1}])
def test_what_is_not_left_alone_cannot_be_hurried(admin_client, facts):
    breaker(**facts)

    answer = admin_client.post(f"{PAGE}ask/", {"destination": "courier"}, follow=True)

    (said,) = answer.context["messages"]
    assert str(said) == "courier is not left alone now; it is asked as usual."
    assert not Event.objects.exists()


def test_the_page_asks_a_fixed_number_of_times(admin_client, django_assert_num_queries):
    for number in range(20):
        breaker(f"shop {number}", failures=6, left=30)
    admin_client.get(PAGE)

    # Session, person; breakers, who waits, dead letters, who asked; the header.
    with django_assert_num_queries(7):
        admin_client.get(PAGE)


def test_where_every_destination_answers_it_says_so(admin_client):
    assert "Every destination answers." in admin_client.get(PAGE).content.decode()


def test_who_may_not_operate_sees_none(client):
    breaker(failures=6, left=30)
    client.force_login(person(role="reviewer", is_staff=True))

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}ask/", {"destination": "courier"}).status_code == 403
    client.force_login(person(role="lead", is_staff=True))
    assert client.get(PAGE).status_code == 200


def test_the_first_page_of_the_admin_counts_those_left_alone(admin_client):
    assert "every destination is asked" in admin_client.get("/admin/").content.decode()

    breaker(failures=6, left=30)

    assert "1 destination left alone" in admin_client.get("/admin/").content.decode()
