"""Asking a person about a verdict, and taking the answer."""

from datetime import timedelta

from apps.coordination.events import moment
from apps.review.events import ReviewDecided
from apps.review.services import (
    decision_about,
    expire_review,
    open_review,
    withdraw_reviews,
)
from apps.tickets.services.changing import add_tags, settle_label
from apps.tickets.services.keeping import hold_ticket
from apps.tickets.services.spam import set_aside
from apps.triage.queries import active_labels
from apps.triage.types import Verdict

PATIENCE = timedelta(hours=4)
"""How long a ticket waits for a reviewer before it is routed without a label."""

WEIGHT = {"low": 0.6, "normal": 0.75, "high": 0.9, "urgent": 1.0}
"""What a mistake costs by urgency, at most."""


def ask(*, ticket_id: int, message_id: int, verdict: Verdict) -> int:
    """Open a review of a verdict; returns its id."""
    now = moment()
    return open_review(
        key=f"message:{message_id}",
        ticket_id=ticket_id,
        message_id=message_id,
        suggested=verdict.label or verdict.runner_up or "",
        confidence=verdict.confidence if verdict.label else None,
        runner_up=(verdict.runner_up or "") if verdict.label else "",
        runner_up_confidence=verdict.runner_up_confidence if verdict.label else None,
        choices=[(label.slug, label.name) for label in active_labels()],
        reasons=verdict.reasons,
        suggested_by=verdict.model,
        risk=(1 - verdict.confidence) * WEIGHT.get(verdict.urgency, 1.0),
        due_at=now + PATIENCE,
        at=now,
    )


def ask_unless_spam(
    *, ticket_id: int, message_id: int, verdict: Verdict
) -> int | ReviewDecided | None:
    """Open a review and return its id; or what a person said of the message before.

    Nobody is asked about spam: then nothing is returned, and the message is set aside.
    """
    if set_aside(ticket_id=ticket_id, message_id=message_id):
        return None
    review = ask(ticket_id=ticket_id, message_id=message_id, verdict=verdict)
    return decision_about(review_id=review) or review


def withdraw(*, ticket_id: int) -> list[int]:
    """Take back what people are asked about spam; returns the messages that were set aside."""
    if not hold_ticket(ticket_id).is_spam:
        return []
    asked = withdraw_reviews(ticket_id=ticket_id, why="The ticket is spam.", at=moment())
    return [each for each in asked if set_aside(ticket_id=ticket_id, message_id=each)]


def take_back(*, review_id: int) -> ReviewDecided | None:
    """Close a review that nobody decided in time; returns the decision if somebody just did."""
    return expire_review(review_id=review_id, at=moment())


def take(*, ticket_id: int, decision: ReviewDecided | None, verdict: Verdict) -> str:
    """Put a decided label on the ticket and return it; without one, say so by a tag."""
    now = moment()
    if decision is None or not decision.label:
        tag = "unlabelled" if decision is None else "no-request"
        why = "Nobody decided in time." if decision is None else "A reviewer rejected it."
        add_tags(ticket_id=ticket_id, tags=[tag], why=why, at=now)
        return ""
    settle_label(
        ticket_id=ticket_id,
        label=decision.label,
        language=verdict.language,
        why=f"A reviewer {decision.outcome} it.",
        at=now,
    )
    return decision.label
