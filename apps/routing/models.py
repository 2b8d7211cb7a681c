"""Routing rules with their history, and what they decided."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.accounts.models import Team
from apps.tickets.models import Ticket
from apps.tickets.states import Priority


class RuleQuerySet(models.QuerySet["Rule"]):
    def in_order(self) -> "RuleQuerySet":
        return self.order_by("position", "pk")

    def active(self) -> "RuleQuerySet":
        return self.filter(is_active=True)


class Rule(models.Model):
    """If the conditions hold, a ticket gets this team, priority and these tags."""

    position = models.PositiveIntegerField(default=100, help_text="Lower numbers are tried first.")
    name = models.CharField(max_length=80, unique=True)
    is_active = models.BooleanField("active", default=True)
    conditions = models.JSONField(default=dict, blank=True)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, help_text="Who gets the ticket."
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, null=True, blank=True)
    tags = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Words between commas.",
    )
    stop = models.BooleanField(
        "stop here", default=False, help_text="Rules further down are not tried when this matches."
    )
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(priority=None) | models.Q(priority__in=Priority.values),
                name="rule_priority_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """A rule as it once was. The database refuses to change it."""

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "version"], name="one_content_per_version")
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


class RoutingDecision(models.Model):
    """Where a ticket was sent and why. The database refuses to change it."""

    key = models.CharField(max_length=120, unique=True, help_text="The step that asked.")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="routing_decisions")
    facts = models.JSONField(help_text="What the rules saw.")
    tried = models.JSONField(help_text="Each rule with what became of it.")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Priority, null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    rule_names = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    because = models.TextField(help_text="Why, in sentences.")
    kept = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="What was left as it was, and why.",
    )
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ticket", "-id"], name="routing_of_ticket")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Routing of {self.ticket_id}"
