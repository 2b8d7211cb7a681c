"""Builders for reviews: say only what matters."""

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from apps.accounts.models import User
from apps.review.models import Review
from apps.review.services import open_review
from tests.make.tickets import person, ticket

numbers = count(1)

CHOICES = (("refund", "Refund"), ("delivery", "Where is my order"), ("other", "Something else"))


def reviewer(**fields) -> User:
    """Somebody who may decide reviews, in the admin too."""
    return person("reviewer", is_staff=True, **fields)


def review(text: str = "It came broken.", *, at: datetime | None = None, **fields) -> Review:
    """An open review of a new ticket, asked the way every review is."""
    asked = fields.pop("ticket", None) or ticket(text)
    opened = at or timezone.now()
    defaults = {
        "key": f"run {next(numbers)}:ask",
        "ticket_id": asked.pk,
        "message_id": asked.messages.earliest("pk").pk,
        "suggested": "refund",
        "confidence": 0.41,
        "runner_up": "delivery",
        "runner_up_confidence": 0.38,
        "choices": CHOICES,
        "reasons": ("The model was not sure.",),
        "risk": 0.5,
        "due_at": opened + timedelta(hours=4),
    }
    return Review.objects.get(pk=open_review(at=opened, **defaults | fields))
