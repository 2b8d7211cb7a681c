"""Every change to a review: opening, claiming, deciding, expiring, withdrawing."""

from apps.review.services.claiming import claim_next, claim_review, release_claim
from apps.review.services.deciding import decide_review, reject_review
from apps.review.services.opening import (
    decision_about,
    expire_overdue,
    expire_review,
    open_review,
    withdraw_reviews,
)

__all__ = [
    "claim_next",
    "claim_review",
    "decide_review",
    "decision_about",
    "expire_overdue",
    "expire_review",
    "open_review",
    "reject_review",
    "release_claim",
    "withdraw_reviews",
]
