"""Deciding: one person's word on a verdict, and the waiting flow goes on at once."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.errors import Refused
from apps.core.states import move
from apps.core.text import clean_text
from apps.review.models import Review
from apps.review.services.claiming import check_hands
from apps.review.services.opening import decision_of
from apps.review.states import MOVES, ReviewStatus

LONGEST_REASON = 1000


class LabelUnknown(Refused):
    """The label is not among those that the review offers."""

    message = "{review} has no label “{label}”; choose one of {choices}."


def decide_review(*, review_id: int, label: str, by: User, why: str = "", at: datetime) -> Review:
    """Record a person's label: approved when it is the suggested one, else corrected.

    Raises IllegalMove when somebody else was faster, InOtherHands while somebody else reads it,
    LabelUnknown. Publishes ReviewDecided.
    """
    with transaction.atomic():
        review = locked(Review, review_id)
        if label not in review.names:
            shown = clean_text(label)[:60]
            raise LabelUnknown(review=str(review), label=shown, choices=", ".join(review.names))
        agrees = label == review.suggested
        to = ReviewStatus.APPROVED if agrees else ReviewStatus.CORRECTED
        return settle(review, to, label=label, by=by, why=why, at=at)


def reject_review(*, review_id: int, by: User, why: str = "", at: datetime) -> Review:
    """Record that this is no request for support at all; raises as deciding does."""
    with transaction.atomic():
        review = locked(Review, review_id)
        return settle(review, ReviewStatus.REJECTED, label="", by=by, why=why, at=at)


def settle(
    review: Review, to: ReviewStatus, *, label: str, by: User, why: str, at: datetime
) -> Review:
    """Write a decision on a locked review and publish it."""
    check_hands(review, by, at)
    move(review, to, MOVES)
    review.decided_label, review.decided_by, review.decided_at = label, by, at
    review.why = clean_text(why).strip()[:LONGEST_REASON]
    review.claimed_by, review.claimed_until = None, None
    fields = ["status", "decided_label", "decided_by", "decided_at", "why"]
    review.save(update_fields=[*fields, "claimed_by", "claimed_until"])
    publish(decision_of(review), actor=f"user:{by.pk}", why=review.why)
    return review
