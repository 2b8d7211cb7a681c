"""The REST face of reviews."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from apps.coordination.models import Event
from apps.review.models import Review
from apps.review.services import claim_review
from tests.api.client import Caller
from tests.make.review import review, reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts():
    """Nobody has used up anything yet."""
    cache.clear()


@pytest.fixture
def caller() -> Caller:
    """A program that may read and decide reviews."""
    return Caller("reviews:read", "reviews:write")


def test_open_reviews_are_listed_by_risk(caller):
    mild, risky, middling = review(risk=0.1), review(risk=0.9), review(risk=1 / 3)
    Review.objects.filter(pk=mild.pk).update(status="expired")

    first = caller.get("reviews/?status=open&sort=-risk&page_size=1").json()
    rest = caller.get(first["next"].partition("/api/v1/")[2]).json()

    assert [one["id"] for one in first["results"]] == [risky.pk]
    assert [one["id"] for one in rest["results"]] == [middling.pk]
    assert rest["next"] is None


def test_a_review_is_read_with_what_the_customer_wrote(caller):
    asked = review("It came broken.")

    found = caller.get(f"reviews/{asked.pk}/").json()

    assert (found["text"], found["subject"]) == ("It came broken.", "Where is my parcel?")
    assert (found["suggested"], found["confidence"], found["status"]) == ("refund", 0.41, "open")
    assert found["choices"][1] == {"slug": "delivery", "name": "Where is my order"}


def test_a_decision_answers_with_the_review(caller):
    asked = review()

    answer = caller.post(f"reviews/{asked.pk}/decision/", {"label": "delivery", "why": "Late."})

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["decided_label"]) == ("corrected", "delivery")
    assert Event.objects.get(type="ReviewDecided").why == "Late."


def test_rejecting_needs_no_label(caller):
    asked = review()

    answer = caller.post(f"reviews/{asked.pk}/decision/", {"reject": True})

    assert answer.json()["status"] == "rejected"


def test_the_same_request_with_its_key_is_answered_twice_and_done_once(caller):
    asked = review()

    answers = [
        caller.post(f"reviews/{asked.pk}/decision/", {"label": "refund"}, Idempotency_Key="k1")
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Event.objects.filter(type="ReviewDecided").count() == 1


def test_a_late_decision_is_a_conflict(caller):
    asked = review()
    Review.objects.update(status="expired")

    answer = caller.post(f"reviews/{asked.pk}/decision/", {"label": "refund"})

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")


def test_what_somebody_reads_is_a_conflict(caller):
    asked = review()
    claim_review(review_id=asked.pk, by=reviewer(), at=timezone.now())

    answer = caller.post(f"reviews/{asked.pk}/decision/", {"label": "refund"})

    assert (answer.status_code, answer.json()["code"]) == (409, "in_other_hands")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"label": "refund", "reject": True}, 400),
        ({"reject": False}, 400),
        ({"label": ""}, 400),
        ({"label": 5}, 409),
        ({"label": None}, 400),
        ({"label": "bogus"}, 409),
        ([], 400),
        ({"label": "refund", "why": "x" * 1001}, 400),
        (b'{"label": "\\u0000"}', 400),
    ],
)
def test_a_decision_that_says_nothing_known_is_refused(caller, body, status):
    asked = review()

    answer = caller.post(f"reviews/{asked.pk}/decision/", body)

    assert answer.status_code == status
    assert Review.objects.get().status == "open"


@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_an_unknown_review_is_not_found(caller, pk):
    assert caller.get(f"reviews/{pk}/").status_code == 404
    assert caller.post(f"reviews/{pk}/decision/", {"label": "refund"}).status_code == 404


def test_scopes_are_asked_for():
    asked = review()

    assert Caller("reviews:write").get("reviews/").status_code == 403
    assert Caller("tickets:read").get(f"reviews/{asked.pk}/").status_code == 403
    reads = Caller("reviews:read")
    assert reads.post(f"reviews/{asked.pk}/decision/", {"label": "refund"}).status_code == 403
    assert Caller(text="").get("reviews/").status_code == 401


def test_a_page_takes_the_same_number_of_queries_however_many_reviews(
    caller, django_assert_num_queries
):
    for _ in range(5):
        review()
    caller.get("reviews/")

    with django_assert_num_queries(2):
        assert len(caller.get("reviews/").json()["results"]) == 5
