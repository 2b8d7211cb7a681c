"""Asking a person, and taking the question back when its time is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.states import move
from apps.core.text import one_line
from apps.review.events import ReviewDecided, ReviewExpired, ReviewOpened, ReviewWithdrawn
from apps.review.models import Review
from apps.review.states import DECIDED, MOVES, ReviewStatus

GRACE = timedelta(hours=1)
"""A flow takes its own question back; what a dead one forgot is taken back this much later."""

MOST_REASONS = 20


@transaction.atomic
def open_review(
    *,
    key: str,
    ticket_id: int,
    message_id: int,
    suggested: str,
    confidence: float | None,
    choices: Iterable[tuple[str, str]],
    runner_up: str = "",
    runner_up_confidence: float | None = None,
    reasons: Sequence[str] = (),
    suggested_by: str = "",
    risk: float = 0.5,
    due_at: datetime,
    at: datetime,
) -> int:
    """Ask a person about one verdict; returns the review's id. The same key is the same review.

    ``choices`` are the labels (slug and name) that may be decided; publishes ReviewOpened. One
    that was withdrawn is open again.
    """
    asked = {
        "ticket_id": ticket_id,
        "message_id": message_id,
        "suggested": suggested,
        "confidence": confidence,
        "runner_up": runner_up,
        "runner_up_confidence": runner_up_confidence,
        "choices": [[slug, one_line(name, 80)] for slug, name in choices],
        "reasons": [one_line(reason, 300) for reason in reasons[:MOST_REASONS]],
        "suggested_by": one_line(suggested_by, 120),
        "risk": min(1.0, max(0.0, risk)),
        "opened_at": at,
        "due_at": due_at,
    }
    review, fresh = Review.objects.get_or_create(key=key, defaults=asked)
    if fresh or reopen(review, asked):
        announce(review)
    return review.pk


def reopen(review: Review, asked: dict[str, Any]) -> bool:
    """Ask once more what was withdrawn, by the verdict of now; whether it was."""
    review.refresh_from_db(from_queryset=Review.objects.select_for_update())
    if review.status != ReviewStatus.WITHDRAWN:
        return False
    move(review, ReviewStatus.OPEN, MOVES)
    for name, value in asked.items():
        setattr(review, name, value)
    review.decided_at, review.why = None, ""
    review.save(update_fields=["status", "decided_at", "why", *asked])
    return True


def announce(review: Review) -> None:
    """Say that a person is asked, and what the verdict rested on."""
    event = ReviewOpened(
        ticket_id=review.ticket_id, review_id=review.pk, suggested=review.suggested
    )
    publish(event, why=" ".join(review.reasons))


@transaction.atomic
def expire_review(*, review_id: int, at: datetime) -> ReviewDecided | None:
    """Take a question back whose time is over; returns the decision if somebody was faster."""
    review = locked(Review, review_id)
    if review.status in DECIDED:
        return decision_of(review)
    if review.status == ReviewStatus.OPEN:
        expire(review, at=at)
    return None


def expire(review: Review, *, at: datetime) -> None:
    """Close a locked review that nobody decided."""
    close(review, ReviewStatus.EXPIRED, at=at)
    event = ReviewExpired(ticket_id=review.ticket_id, review_id=review.pk)
    publish(event, why="Nobody decided in time.")


def close(review: Review, to: ReviewStatus, *, why: str = "", at: datetime) -> None:
    """Take a locked review out of the queue, and out of the hands of whoever reads it."""
    move(review, to, MOVES)
    review.decided_at, review.why = at, why
    review.claimed_by, review.claimed_until = None, None
    review.save(update_fields=["status", "decided_at", "why", "claimed_by", "claimed_until"])


@transaction.atomic
def withdraw_reviews(*, ticket_id: int, why: str, at: datetime) -> list[int]:
    """Take back what is asked about a ticket; returns the messages that it was about."""
    asked = Review.objects.open().filter(ticket_id=ticket_id).order_by("pk")
    reviews = list(asked.select_for_update())
    for review in reviews:
        close(review, ReviewStatus.WITHDRAWN, why=why, at=at)
        publish(ReviewWithdrawn(ticket_id=ticket_id, review_id=review.pk), why=why)
    return [review.message_id for review in reviews]


def decision_about(*, review_id: int) -> ReviewDecided | None:
    """What a person decided, if somebody did."""
    review = Review.objects.get(pk=review_id)
    return decision_of(review) if review.status in DECIDED else None


def decision_of(review: Review) -> ReviewDecided:
    """What a person decided, as its event says it."""
    return ReviewDecided(
        ticket_id=review.ticket_id,
        review_id=review.pk,
        label=review.decided_label,
        outcome=review.status,
    )


@transaction.atomic
def expire_overdue(*, at: datetime, limit: int = 100) -> int:
    """Take back questions whose flow has died; returns how many."""
    late = Review.objects.overdue(at - GRACE).order_by("due_at")
    reviews = list(late.select_for_update(skip_locked=True)[:limit])
    for review in reviews:
        expire(review, at=at)
    return len(reviews)
