"""A ticket that is called spam while its first message is understood, asked about or routed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.coordination.models import Event, Run
from apps.core.errors import IllegalMove
from apps.crm.models import Connection
from apps.review.models import Review
from apps.review.services import decide_review
from apps.routing.models import RoutingDecision
from apps.tickets.checking import compared
from apps.tickets.services.spam import clear_spam, mark_spam
from tests.make.engine import drain
from tests.make.passing import time_passes
from tests.make.tickets import person, ticket
from tests.make.triage import live_model

pytestmark = pytest.mark.django_db

WHERE = "Could you tell me the status of my order A-1001 and when it will ship?"
ODD = "The quick brown fox recites the periodic table to a lighthouse."


@pytest.fixture(autouse=True)
def desk():
    """The desk as it comes out of the box, and a CRM that hears of tickets."""
    live_model()
    Connection.objects.create(slug="books", name="Books", adapter="sample")


def odd():
    """A ticket that a person is asked about."""
    asked = ticket(text=ODD, subject="Hm")
    drain()
    return asked


def called(asked, say) -> None:
    say(ticket_id=asked.pk, by=person(), at=timezone.now())


def decide() -> None:
    review = Review.objects.get()
    decide_review(review_id=review.pk, label="refund", by=person("reviewer"), at=timezone.now())


def told(name: str) -> int:
    return Event.objects.filter(type=name).count()


def test_nobody_is_asked_about_spam_any_more_and_it_goes_nowhere():
    asked = odd()

    called(asked, mark_spam)
    drain()

    review = Review.objects.get()
    assert (review.status, review.why) == ("withdrawn", "The ticket is spam.")
    assert Event.objects.get(type="ReviewWithdrawn").why == "The ticket is spam."
    with pytest.raises(IllegalMove, match="cannot move from withdrawn"):
        decide()
    assert Run.objects.get(flow="intake").state == "done"
    assert not RoutingDecision.objects.exists()


def test_once_it_is_none_it_is_asked_about_again_and_routed_once():
    asked = odd()
    called(asked, mark_spam)
    drain()

    called(asked, clear_spam)
    drain()
    assert Review.objects.get().status == "open"
    decide()
    drain()

    asked.refresh_from_db()
    assert asked.label == "refund"
    assert RoutingDecision.objects.get(ticket=asked).facts["label"] == "refund"
    assert (told("ReviewOpened"), told("MessageTakenUpAgain")) == (2, 1)
    assert compared([asked.pk]) == {}


def test_what_began_before_it_was_called_spam_is_not_begun_again():
    asked = odd()
    for say in (mark_spam, clear_spam) * 2:
        called(asked, say)
        drain()

    assert told("MessageAccepted") == 0
    assert Run.objects.filter(flow="tell the CRM of a new ticket").count() == 1
    assert Run.objects.filter(flow="intake", state="waiting").count() == 1


def test_a_word_that_is_taken_back_at_once_leaves_the_question_open():
    asked = odd()

    called(asked, mark_spam)
    called(asked, clear_spam)
    drain()

    assert Review.objects.get().status == "open"
    assert (told("ReviewOpened"), told("MessageSetAside")) == (1, 0)
    assert Run.objects.get(flow="intake").state == "waiting"


@pytest.mark.parametrize("text", [WHERE, ODD])
def test_what_becomes_spam_before_anybody_looked_is_neither_asked_about_nor_routed(text):
    asked = ticket(text=text, subject="Status of my order")

    called(asked, mark_spam)
    drain()
    assert not Review.objects.exists()
    assert not RoutingDecision.objects.exists()

    called(asked, clear_spam)
    drain()
    assert Review.objects.count() + RoutingDecision.objects.count() == 1


def test_what_a_person_said_just_before_counts_once_it_is_none():
    asked = odd()
    decide()
    called(asked, mark_spam)
    drain()
    assert not RoutingDecision.objects.exists()

    called(asked, clear_spam)
    drain()

    assert RoutingDecision.objects.get(ticket=asked).facts["label"] == "refund"
    assert told("ReviewOpened") == 1


def test_a_run_of_the_first_version_routes_no_spam_either():
    asked = ticket(text=ODD, subject="Hm")
    Run.objects.filter(flow="intake").update(version=1)
    drain()

    called(asked, mark_spam)
    drain()
    time_passes(timedelta(hours=5))
    drain()

    assert Run.objects.get(flow="intake").state == "done"
    assert not RoutingDecision.objects.exists()
