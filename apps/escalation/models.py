"""What is promised to each priority, and each time a promise was in danger."""

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.escalation.rules import Aim
from apps.escalation.states import Level, Promise
from apps.tickets.models import Ticket
from apps.tickets.states import Priority

MOST_MINUTES = 366 * 24 * 60


class Target(models.Model):
    """How soon tickets of a priority are answered and solved."""

    priority = models.PositiveSmallIntegerField(choices=Priority, unique=True)
    first_response_minutes = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
        help_text="From the customer's first message to the first answer.",
    )
    resolution_minutes = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
        help_text="Until the ticket is solved; begins anew when it is opened again.",
    )
    warn_at_percent = models.PositiveSmallIntegerField(
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="When so much of the time has passed, the lead is told that it is near.",
    )

    class Meta:
        ordering: ClassVar = ["-priority"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    first_response_minutes__range=(1, MOST_MINUTES),
                    resolution_minutes__range=(1, MOST_MINUTES),
                    warn_at_percent__range=(1, 100),
                ),
                name="target_is_possible",
            )
        ]

    def __str__(self) -> str:
        return f"Target of {self.get_priority_display()}"

    @property
    def aim(self) -> Aim:
        """The target as rules take it."""
        return Aim(
            first_response=timedelta(minutes=self.first_response_minutes),
            resolution=timedelta(minutes=self.resolution_minutes),
            warn_at_percent=self.warn_at_percent,
        )


class Escalation(models.Model):
    """A promise was near or past, and somebody was told. Once for each clock of a ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="escalations")
    promise = models.CharField(max_length=16, choices=Promise)
    level = models.CharField(max_length=8, choices=Level)
    since = models.DateTimeField(help_text="When the promise began to run.")
    due_at = models.DateTimeField()
    why = models.TextField()
    old_priority = models.PositiveSmallIntegerField(choices=Priority)
    new_priority = models.PositiveSmallIntegerField(choices=Priority)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "promise", "level", "since"], name="escalated_once"
            ),
            models.CheckConstraint(
                condition=models.Q(promise__in=Promise.values, level__in=Level.values),
                name="escalation_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ticket", "-id"], name="escalation_of_ticket")]

    def __str__(self) -> str:
        return f"{self.get_promise_display()} {self.level} on {self.ticket_id}"
