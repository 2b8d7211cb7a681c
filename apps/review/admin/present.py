"""What the workbench shows, as plain values: templates compute nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.accounts.models import User
from apps.review.models import Review
from apps.review.queries import reviews_of

KEYS = 9


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the queue."""

    review: Review
    suggested: str
    confidence: str
    waited: str
    tone: str
    risk: str
    holder: str
    is_now: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A label to choose; the first nine have a digit."""

    slug: str
    name: str
    key: str


def rows_of(reviews: Iterable[Review], at: datetime, *, now: int | None = None) -> list[Row]:
    """The queue's lines; ``now`` is the review on the page."""
    return [
        Row(
            review=review,
            suggested=review.name_of(review.suggested) or "no suggestion",
            confidence=per_cent(review.confidence),
            waited=span(at - review.opened_at),
            tone="late" if review.due_at <= at else "",
            risk=per_cent(review.risk),
            holder=str(review.holder(at) or ""),
            is_now=review.pk == now,
        )
        for review in reviews
    ]


def page_of(review: Review, *, by: User, at: datetime) -> dict[str, Any]:
    """Everything the page of one review shows."""
    holder = review.holder(at)
    others = [(slug, name) for slug, name in review.choices if slug != review.suggested]
    return {
        "title": f"{review} · ticket {review.ticket_id}",
        "review": review,
        "customer": review.ticket.customer,
        "orders": list(review.ticket.order_mentions.all()),
        "files": list(review.message.attachments.all()),
        "suggested": review.name_of(review.suggested),
        "confidence": per_cent(review.confidence),
        "runner_up": review.name_of(review.runner_up),
        "runner_up_confidence": per_cent(review.runner_up_confidence),
        "choices": [
            Choice(slug=slug, name=name, key=str(place) if place <= KEYS else "")
            for place, (slug, name) in enumerate(others, 1)
        ],
        "waited": span(at - review.opened_at),
        "due": span(review.due_at - at) if review.due_at > at else "",
        "risk": per_cent(review.risk),
        "is_open": review.status == "open",
        "mine": holder == by,
        "held_by": str(holder) if holder and holder != by else "",
        "decided": review.name_of(review.decided_label),
        "history": [one for one in reviews_of(review.ticket_id) if one.pk != review.pk],
    }


def per_cent(share: float | None) -> str:
    """A share in per cent, or nothing."""
    return "" if share is None else f"{share:.0%}"


def span(length: timedelta) -> str:
    """A length of time in its largest unit."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
