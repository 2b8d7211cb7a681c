"""What happens to a message: orders joined, understood, routed, or put before a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.coordination.models import Event, Run
from apps.orders.models import Shop
from apps.review.models import Review
from apps.review.services import decide_review, reject_review
from apps.routing.models import RoutingDecision
from apps.tickets.services.conversing import receive_message
from apps.tickets.types import NewMessage
from tests.make.engine import drain
from tests.make.tickets import customer, person, ticket
from tests.make.triage import live_model

pytestmark = pytest.mark.django_db

WHERE = "Could you tell me the status of my order A-1001 and when it will ship?"
ODD = "The quick brown fox recites the periodic table to a lighthouse."
LONG_AGO = timedelta(days=365)


@pytest.fixture(autouse=True)
def desk():
    """The desk as it comes out of the box, and its sample shop."""
    live_model()
    Shop.objects.create(slug="sample", name="Sample", adapter="sample")


def intake():
    return Run.objects.get(flow="intake")


def test_a_clear_message_is_labelled_and_routed_with_reasons():
    asked = ticket(text=WHERE, subject="Status of my order")

    drain()

    asked.refresh_from_db()
    assert intake().state == "done"
    assert asked.label == "order_status"
    assert Event.objects.get(type="LabelChanged").why.endswith("sure.")
    assert RoutingDecision.objects.get(ticket=asked).facts["label"] == "order_status"


def test_an_order_the_mirror_lacks_is_asked_for_and_joined():
    asked = ticket(text=WHERE, subject="Status of my order")

    drain()

    mention = asked.order_mentions.get()
    assert mention.number == "A-1001"
    assert [run.flow for run in Run.objects.filter(state="done")].count("ask a shop") == 1
    assert RoutingDecision.objects.filter(ticket=asked).exists()


def test_an_odd_message_waits_for_a_person_and_goes_on_with_the_decision():
    asked = ticket(text=ODD, subject="Hm")
    drain()
    review = Review.objects.get()
    assert intake().state == "waiting"

    decide_review(review_id=review.pk, label="refund", by=person("reviewer"), at=timezone.now())
    drain()

    asked.refresh_from_db()
    assert intake().state == "done"
    assert asked.label == "refund"
    assert RoutingDecision.objects.get(ticket=asked).facts["label"] == "refund"


def test_a_rejected_message_is_routed_without_a_label():
    asked = ticket(text=ODD, subject="Hm")
    drain()

    reject_review(review_id=Review.objects.get().pk, by=person("reviewer"), at=timezone.now())
    drain()

    asked.refresh_from_db()
    assert (asked.label, intake().state) == ("", "done")
    assert "no-request" in asked.tags.values_list("name", flat=True)


def test_a_question_nobody_answers_is_taken_back_and_the_ticket_routed():
    asked = ticket(text=ODD, subject="Hm")
    drain()
    run = intake()
    run.steps.filter(name="decision").update(due_at=timezone.now() - LONG_AGO)
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() - LONG_AGO)

    drain()

    assert Review.objects.get().status == "expired"
    assert intake().state == "done"
    assert "unlabelled" in asked.tags.values_list("name", flat=True)


def test_a_second_message_joins_its_orders_while_the_first_waits_for_a_person():
    asked = ticket(text=ODD, subject="Hm")
    drain()

    receive_message(
        ticket_id=asked.pk,
        customer_id=asked.customer_id,
        message=NewMessage(text="Sorry, I mean order A-1001"),
        at=timezone.now(),
    )
    drain()

    assert asked.order_mentions.filter(number="A-1001").exists()
    assert set(Run.objects.filter(flow="intake").values_list("state", flat=True)) == {
        "waiting",
        "done",
    }


def test_somebody_elses_order_is_joined_as_not_theirs():
    drain()
    asked = ticket(text=WHERE, customer=customer("stranger@else.example"))

    drain()

    assert asked.order_mentions.get().belongs is False
