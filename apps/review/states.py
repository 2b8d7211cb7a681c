"""The life of a review: its states and the moves between them."""

from django.db.models import TextChoices

from apps.core.states import Moves


class ReviewStatus(TextChoices):
    OPEN = "open"
    APPROVED = "approved"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


DECIDED = (ReviewStatus.APPROVED, ReviewStatus.CORRECTED, ReviewStatus.REJECTED)
"""What a person can make of a review."""

MOVES: Moves = {
    ReviewStatus.OPEN: {*DECIDED, ReviewStatus.EXPIRED, ReviewStatus.WITHDRAWN},
    ReviewStatus.APPROVED: set(),
    ReviewStatus.CORRECTED: set(),
    ReviewStatus.REJECTED: set(),
    ReviewStatus.EXPIRED: set(),
    ReviewStatus.WITHDRAWN: {ReviewStatus.OPEN},
}
