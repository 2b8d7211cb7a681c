"""People who work here, their teams, and the keys of their programs."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower

from apps.accounts.states import Role, Scope


class Team(models.Model):
    """A group of agents that tickets are routed to."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    lead = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="led_teams"
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Somebody, or a program, that works here."""

    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="members", blank=True)
    lead = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, help_text="Who hears of late tickets."
    )
    signature = models.TextField(blank=True)
    undo_seconds = models.PositiveSmallIntegerField(
        default=15,
        validators=[MaxValueValidator(60)],
        help_text="So long a reply can be taken back before it leaves; 0 sends at once.",
    )

    class Meta(AbstractUser.Meta):
        permissions: ClassVar = [("use_desk", "May work on tickets at the desk")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_address",
                condition=~models.Q(email=""),
                violation_error_message="Another account has this address.",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        """Up to two letters for an avatar."""
        words = str(self).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def valid(self, at: datetime) -> Self:
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=at)
        return self.filter(unexpired, revoked_at=None, user__is_active=True)


class ApiKey(models.Model):
    """A program's key: its prefix to find it by, its digest to check it by, its scopes."""

    name = models.CharField(max_length=80)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=128)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
