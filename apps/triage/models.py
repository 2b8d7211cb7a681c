"""Labels, trained models, and what was said of which message."""

from typing import ClassVar, Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.tickets.models import Message, Ticket
from apps.triage.types import LEVELS, LabelInfo


class Label(models.Model):
    """One thing a message can be about."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=300, help_text="One sentence; a model reads it too.")
    is_active = models.BooleanField(default=True)
    always_review = models.BooleanField(
        default=False, help_text="A person looks, however sure the model is."
    )
    bar = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="The confidence it takes to go on alone; empty for the measured bar.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "slug"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(bar__isnull=True) | models.Q(bar__range=(0.0, 1.0)),
                name="label_bar_is_a_chance",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def info(self) -> LabelInfo:
        """The label as a plain value."""
        return LabelInfo(
            slug=self.slug,
            name=self.name,
            description=self.description,
            is_active=self.is_active,
            always_review=self.always_review,
            bar=self.bar,
        )


class ModelVersion(models.Model):
    """A trained model as arrays, and what was measured of it. The live one classifies."""

    version = models.PositiveIntegerField(unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    arrays = models.BinaryField()
    facts = models.JSONField(help_text="Examples, labels, thresholds and measurements.")
    is_live = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_live"], condition=models.Q(is_live=True), name="one_live_model"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How verdicts call it."""
        return f"local {self.version}"


class ClassificationQuerySet(models.QuerySet["Classification"]):
    def of_ticket(self, ticket_id: int) -> Self:
        return self.filter(ticket_id=ticket_id).order_by("-pk")


class Classification(models.Model):
    """A verdict as it was given. Nobody changes it; a person's decision is a review."""

    key = models.CharField(max_length=120, unique=True, help_text="Recorded once.")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="classifications")
    message = models.ForeignKey(Message, models.CASCADE, related_name="classifications")
    label = models.CharField(max_length=40, blank=True, help_text="Empty when it abstained.")
    confidence = models.FloatField()
    runner_up = models.CharField(max_length=40, blank=True)
    runner_up_confidence = models.FloatField()
    language = models.CharField(max_length=8, blank=True)
    urgency = models.CharField(max_length=10, choices=[(level, level) for level in LEVELS])
    sure = models.BooleanField()
    reasons = models.JSONField()
    model = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    objects = ClassificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["label", "-id"], name="classification_by_label")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="as_it_was_given", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"{self.label or 'no label'} for message {self.message_id}"
