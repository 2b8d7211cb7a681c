"""What screens read of reviews."""

from datetime import datetime

from apps.review.models import Review, ReviewQuerySet


def whole_reviews() -> ReviewQuerySet:
    """Reviews with what a list shows of them."""
    return Review.objects.all().select_related("ticket", "claimed_by", "decided_by")


def open_reviews(*, at: datetime) -> ReviewQuerySet:
    """The queue: what is open, the most pressing first. Take a slice."""
    return whole_reviews().open().pressing_first(at)


def review_for_page(review_id: int) -> Review | None:
    """One review with its message, the customer, and the orders found so far."""
    reviews = whole_reviews().select_related("message", "ticket__customer", "ticket__team")
    whole = reviews.prefetch_related(
        "ticket__customer__identities", "ticket__order_mentions", "message__attachments"
    )
    return whole.filter(pk=review_id).first()


def reviews_of(ticket_id: int) -> list[Review]:
    """Every review of a ticket, the latest first; at most twenty."""
    return list(whole_reviews().filter(ticket_id=ticket_id).order_by("-id")[:20])


def open_count() -> int:
    """How many wait; for the number in a navigation."""
    return Review.objects.open().count()


def review_with_text(review_id: int) -> Review | None:
    """One review with its message."""
    return Review.objects.select_related("message", "ticket").filter(pk=review_id).first()
