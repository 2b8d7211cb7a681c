"""Claiming: for some minutes a review is one reviewer's, so that two never read the same one."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import User
from apps.core.db import locked
from apps.core.errors import IllegalMove, Refused
from apps.review.models import Review
from apps.review.states import ReviewStatus

LEASE = timedelta(minutes=5)


class InOtherHands(Refused):
    """Somebody else is looking at it."""

    message = "{review} is being looked at by {person} until {until}."


def check_hands(review: Review, by: User, at: datetime) -> None:
    """Raise IllegalMove unless a locked review is open, InOtherHands when somebody reads it."""
    if review.status != ReviewStatus.OPEN:
        raise IllegalMove(thing=str(review), old=review.status, new="decided")
    holder = review.holder(at)
    if holder is not None and holder != by:
        until = f"{review.claimed_until:%H:%M} UTC"
        raise InOtherHands(review=str(review), person=str(holder), until=until)


@transaction.atomic
def claim_review(*, review_id: int, by: User, at: datetime) -> Review:
    """Take a review for five minutes, or keep it for five more. Raises InOtherHands."""
    review = locked(Review, review_id)
    check_hands(review, by, at)
    return hold(review, by=by, at=at)


@transaction.atomic
def claim_next(*, by: User, at: datetime, after: int | None = None) -> Review | None:
    """Take the most pressing review that nobody else has, other than ``after``; None when done."""
    free = Review.objects.open().free_for(by, at).exclude(pk=after or 0).pressing_first(at)
    review = free.select_for_update(of=("self",), skip_locked=True).first()
    return hold(review, by=by, at=at) if review else None


def hold(review: Review, *, by: User, at: datetime) -> Review:
    """Give a locked review to a reviewer for a while; what they held before is free again."""
    Review.objects.open().filter(claimed_by=by).exclude(pk=review.pk).update(
        claimed_by=None, claimed_until=None
    )
    review.claimed_by, review.claimed_until = by, at + LEASE
    review.save(update_fields=["claimed_by", "claimed_until"])
    return review


@transaction.atomic
def release_claim(*, review_id: int, by: User) -> None:
    """Put a review back; somebody else's claim stays."""
    Review.objects.open().filter(pk=review_id, claimed_by=by).update(
        claimed_by=None, claimed_until=None
    )
