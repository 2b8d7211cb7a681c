"""Reviews: verdicts that a person has to look at."""

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Extract

from apps.accounts.models import User
from apps.review.states import DECIDED, MOVES, ReviewStatus
from apps.tickets.models import Message, Ticket

LEAST_RISK = 0.02
"""Even the safest review comes up some day."""

HEAD_START = 300.0
"""Seconds that every review counts as having waited, so that new risky ones come up at once."""


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> Self:
        return self.filter(status=ReviewStatus.OPEN)

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(due_at__lte=at)

    def free_for(self, user: User, at: datetime) -> Self:
        """Not in somebody else's hands."""
        return self.filter(
            models.Q(claimed_by=None) | models.Q(claimed_by=user) | models.Q(claimed_until__lte=at)
        )

    def pressing_first(self, at: datetime) -> Self:
        """By risk times waiting time: the dangerous come first, and nothing waits for ever."""
        waited = Extract(models.Value(at) - models.F("opened_at"), "epoch")
        return self.order_by(
            ((models.F("risk") + LEAST_RISK) * (waited + HEAD_START)).desc(), "pk"
        )


class Review(models.Model):
    """One verdict below the bar, and what a person made of it."""

    key = models.CharField(max_length=120, unique=True, help_text="The step that asked.")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="reviews")
    message = models.ForeignKey(Message, models.CASCADE, related_name="reviews")
    suggested = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    runner_up = models.CharField(max_length=60, blank=True)
    runner_up_confidence = models.FloatField(null=True, blank=True)
    choices = models.JSONField(help_text="Labels that may be decided: pairs of slug and name.")
    reasons = ArrayField(models.TextField(), default=list, help_text="Why a person is asked.")
    suggested_by = models.CharField(max_length=120, blank=True, help_text="Model and version.")
    risk = models.FloatField(help_text="How bad a wrong decision would be, from 0 to 1.")
    status = models.CharField(
        max_length=12, choices=ReviewStatus, default=ReviewStatus.OPEN, editable=False
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    decided_label = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()

    objects = ReviewQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-risk", "opened_at"],
                name="review_queue",
                condition=models.Q(status=ReviewStatus.OPEN),
            ),
            models.Index(
                fields=["due_at"], name="review_due", condition=models.Q(status=ReviewStatus.OPEN)
            ),
            models.Index(fields=["status", "-id"], name="review_by_status"),
            models.Index(fields=["-risk", "-id"], name="review_by_risk"),
            models.Index(fields=["ticket", "-id"], name="review_of_ticket"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=ReviewStatus.values), name="review_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=DECIDED, decided_by__isnull=False)
                | models.Q(~models.Q(status__in=DECIDED), decided_by__isnull=True),
                name="review_decided_by_somebody",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="permitted_moves",
                field="status",
                transitions=sorted((old, new) for old, news in MOVES.items() for new in news),
            )
        ]

    def __str__(self) -> str:
        return f"Review {self.pk}"

    @property
    def names(self) -> dict[str, str]:
        """The labels that may be decided, by slug."""
        return dict(self.choices)

    def name_of(self, slug: str) -> str:
        """How people call a label."""
        return self.names.get(slug, slug)

    def holder(self, at: datetime) -> User | None:
        """Who is looking at it now."""
        held = self.claimed_until is not None and self.claimed_until > at
        return self.claimed_by if held else None
