"""Questions that are taken back, for what they are about was settled in another way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.coordination.models import Event
from apps.core.errors import IllegalMove
from apps.review.models import Review
from apps.review.queries import open_reviews
from apps.review.services import (
    claim_review,
    decide_review,
    decision_about,
    expire_review,
    withdraw_reviews,
)
from tests.make.review import review, reviewer

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def withdraw(asked: Review) -> list[int]:
    return withdraw_reviews(ticket_id=asked.ticket_id, why="The ticket is spam.", at=NOW)


def test_what_was_withdrawn_is_out_of_the_queue_and_decided_by_nobody():
    asked, other = review(), review()
    claim_review(review_id=asked.pk, by=reviewer(), at=NOW)

    assert withdraw(asked) == [asked.message_id]

    asked.refresh_from_db()
    assert (asked.status, asked.claimed_by, asked.why) == (
        "withdrawn",
        None,
        "The ticket is spam.",
    )
    assert [one.pk for one in open_reviews(at=NOW)] == [other.pk]
    assert expire_review(review_id=asked.pk, at=NOW) is None
    with pytest.raises(IllegalMove, match="cannot move from withdrawn"):
        decide_review(review_id=asked.pk, label="refund", by=reviewer(), at=NOW)


def test_it_is_asked_again_under_its_key_by_the_verdict_of_then():
    asked, later = review(), NOW + timedelta(days=1)
    withdraw(asked)

    again = review(ticket=asked.ticket, key=asked.key, suggested="delivery", at=later)

    assert (again.pk, again.status, again.suggested) == (asked.pk, "open", "delivery")
    assert (again.opened_at, again.due_at) == (later, later + timedelta(hours=4))
    assert (again.why, again.decided_at) == ("", None)
    assert Event.objects.filter(type="ReviewOpened").count() == 2


def test_what_somebody_decided_is_not_withdrawn():
    asked = review()
    decide_review(review_id=asked.pk, label="delivery", by=reviewer(), at=NOW)

    assert withdraw(asked) == []

    said = decision_about(review_id=asked.pk)
    assert said is not None
    assert (said.label, said.outcome) == ("delivery", "corrected")
    assert not Event.objects.filter(type="ReviewWithdrawn").exists()
