"""Reviews: asked once, held by one, decided once, and the waiting flow goes on."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.coordination.models import Event
from apps.core.errors import IllegalMove, NotFound
from apps.review.models import Review
from apps.review.queries import open_reviews, review_for_page, reviews_of
from apps.review.services import (
    claim_next,
    claim_review,
    decide_review,
    expire_overdue,
    expire_review,
    open_review,
    reject_review,
    release_claim,
)
from apps.review.services.claiming import LEASE, InOtherHands
from apps.review.services.deciding import LabelUnknown
from tests.make.review import CHOICES, review, reviewer
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def decided(asked: Review) -> Event:
    return Event.objects.get(type="ReviewDecided", stream=f"ticket:{asked.ticket_id}")


def test_the_same_key_is_the_same_review():
    first = review(key="run 1:ask")

    second = review(key="run 1:ask", ticket=first.ticket, suggested="other")

    assert second == first
    assert second.suggested == "refund"
    assert Event.objects.filter(type="ReviewOpened").count() == 1


def test_what_comes_in_is_cut_to_what_can_be_kept():
    asked = ticket()

    pk = open_review(
        key="run 1:ask",
        ticket_id=asked.pk,
        message_id=asked.messages.get().pk,
        suggested="",
        confidence=None,
        choices=CHOICES,
        reasons=["a\x00b\ud800 " + "c" * 400] * 30,
        risk=7.5,
        due_at=NOW,
        at=NOW,
    )

    made = Review.objects.get(pk=pk)
    assert made.risk == 1.0
    assert len(made.reasons) == 20
    assert made.reasons[0].startswith("ab? ccc")
    assert len(made.reasons[0]) == 300


def test_agreeing_approves_and_the_ticket_hears_of_it():
    asked, ada = review(suggested="refund"), reviewer()

    decide_review(review_id=asked.pk, label="refund", by=ada, at=NOW)

    asked.refresh_from_db()
    assert (asked.status, asked.decided_label, asked.decided_by, asked.decided_at) == (
        "approved",
        "refund",
        ada,
        NOW,
    )
    assert decided(asked).payload == {
        "ticket_id": asked.ticket_id,
        "review_id": asked.pk,
        "label": "refund",
        "outcome": "approved",
    }
    assert decided(asked).actor == f"user:{ada.pk}"


def test_another_label_corrects_and_the_reason_is_kept():
    asked = review(suggested="refund")

    decide_review(
        review_id=asked.pk, label="delivery", by=reviewer(), why=" It is\x00 late. ", at=NOW
    )

    asked.refresh_from_db()
    assert (asked.status, asked.decided_label, asked.why) == (
        "corrected",
        "delivery",
        "It is late.",
    )
    assert (decided(asked).payload["outcome"], decided(asked).why) == ("corrected", "It is late.")


def test_what_is_no_request_is_rejected_without_a_label():
    asked = review()

    reject_review(review_id=asked.pk, by=reviewer(), why="An advertisement.", at=NOW)

    assert decided(asked).payload["outcome"] == "rejected"
    assert decided(asked).payload["label"] == ""


@pytest.mark.parametrize("status", ["approved", "corrected", "rejected"])
def test_the_second_reviewer_is_told_and_changes_nothing(status):
    asked, ada = review(), reviewer()
    Review.objects.update(status=status, decided_by=ada)

    with pytest.raises(IllegalMove, match=f"cannot move from {status}"):
        decide_review(review_id=asked.pk, label="delivery", by=reviewer(), at=NOW)
    with pytest.raises(IllegalMove):
        reject_review(review_id=asked.pk, by=reviewer(), at=NOW)

    assert not Event.objects.filter(type="ReviewDecided").exists()
    assert Review.objects.get().decided_by == ada


@pytest.mark.parametrize("label", ["", "unknown", "Refund", "\ud800", "refund\x00"])
def test_a_label_that_is_not_offered_is_refused(label):
    asked = review()

    with pytest.raises(LabelUnknown, match="choose one of refund, delivery, other"):
        decide_review(review_id=asked.pk, label=label, by=reviewer(), at=NOW)

    assert Review.objects.get().status == "open"


def test_a_claim_keeps_others_away_for_five_minutes():
    asked, ada, grace = review(), reviewer(first_name="Ada"), reviewer()
    claim_review(review_id=asked.pk, by=ada, at=NOW)

    for attempt in (claim_review, reject_review):
        with pytest.raises(InOtherHands, match="is being looked at by Ada until"):
            attempt(review_id=asked.pk, by=grace, at=NOW + LEASE - timedelta(seconds=1))
    decide_review(review_id=asked.pk, label="refund", by=grace, at=NOW + LEASE)

    asked.refresh_from_db()
    assert (asked.decided_by, asked.claimed_by) == (grace, None)


def test_a_reviewer_holds_one_review_at_a_time():
    first, second, ada = review(), review(), reviewer()
    claim_review(review_id=first.pk, by=ada, at=NOW)

    claim_review(review_id=second.pk, by=ada, at=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.holder(NOW), second.holder(NOW)) == (None, ada)


def test_a_claim_is_put_back_by_its_holder_only():
    asked, ada = review(), reviewer()
    claim_review(review_id=asked.pk, by=ada, at=NOW)

    release_claim(review_id=asked.pk, by=reviewer())
    asked.refresh_from_db()
    assert asked.holder(NOW) == ada
    release_claim(review_id=asked.pk, by=ada)

    asked.refresh_from_db()
    assert asked.holder(NOW) is None


def test_the_next_review_is_the_most_pressing_that_nobody_has():
    mild = review(risk=0.1, at=NOW - timedelta(minutes=10))
    risky = review(risk=0.9, at=NOW - timedelta(minutes=5))
    old = review(risk=0.1, at=NOW - timedelta(days=2))
    ada, grace = reviewer(), reviewer()

    taken = [claim_next(by=by, at=NOW) for by in (ada, grace)]
    skipped = claim_next(by=ada, at=NOW, after=old.pk)

    assert [one.pk for one in open_reviews(at=NOW)] == [old.pk, risky.pk, mild.pk]
    assert [one.pk for one in taken if one] == [old.pk, risky.pk]
    assert skipped == mild


def test_when_nothing_waits_there_is_no_next_one():
    asked = review()
    decide_review(review_id=asked.pk, label="refund", by=reviewer(), at=NOW)

    assert claim_next(by=reviewer(), at=NOW) is None


def test_a_question_taken_back_is_expired_and_stays_so():
    asked = review()

    assert expire_review(review_id=asked.pk, at=NOW) is None
    assert expire_review(review_id=asked.pk, at=NOW) is None

    asked.refresh_from_db()
    assert asked.status == "expired"
    assert Event.objects.filter(type="ReviewExpired").count() == 1
    with pytest.raises(IllegalMove, match="cannot move from expired"):
        decide_review(review_id=asked.pk, label="refund", by=reviewer(), at=NOW)


def test_a_decision_that_was_faster_than_the_clock_is_returned():
    asked = review()
    decide_review(review_id=asked.pk, label="delivery", by=reviewer(), at=NOW)

    decision = expire_review(review_id=asked.pk, at=NOW)

    assert decision is not None
    assert (decision.label, decision.outcome) == ("delivery", "corrected")
    assert Review.objects.get().status == "corrected"


def test_what_a_dead_flow_forgot_expires_an_hour_late():
    forgotten = review(due_at=NOW - timedelta(hours=1))
    review(due_at=NOW - timedelta(minutes=59))

    assert expire_overdue(at=NOW) == 1

    assert list(Review.objects.filter(status="expired")) == [forgotten]


def test_an_unknown_review_is_not_found():
    with pytest.raises(NotFound, match="There is no review 999999"):
        decide_review(review_id=999_999, label="refund", by=reviewer(), at=NOW)


def test_the_database_refuses_what_no_person_could_have_done():
    asked = review()
    for change in ({"status": "approved"}, {"status": "bogus"}, {"decided_by": reviewer()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.filter(pk=asked.pk).update(**change)


def test_the_queue_and_a_page_take_a_bounded_number_of_queries(django_assert_num_queries):
    made = [review() for _ in range(5)]

    with django_assert_num_queries(1):
        assert [str(one.ticket) for one in open_reviews(at=NOW)[:25]]
    with django_assert_num_queries(4):
        page = review_for_page(made[0].pk)
        assert page is not None
        assert (page.ticket.customer.email, list(page.ticket.order_mentions.all())) != ("", None)
    assert reviews_of(made[0].ticket_id) == [made[0]]
