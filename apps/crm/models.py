"""Connections to CRMs, the contacts we know there, and the notes we left."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from apps.core.secrets import EncryptedTextField, SecretUnreadable
from apps.core.urls import check_base_url
from apps.core.webhooks import is_webhook_secret
from apps.crm.mapping import SAMPLE, problems_of
from apps.crm.states import Adapter, NoteKind, NoteState
from apps.customers.models import Customer
from apps.customers.states import Tier


class Connection(models.Model):
    """A CRM that contacts are found in and notes are pushed to."""

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    adapter = models.CharField(max_length=8, choices=Adapter, default=Adapter.REST)
    base_url = models.CharField("base URL", max_length=300, blank=True)
    token = EncryptedTextField()
    mapping = models.JSONField(default=dict, blank=True)
    webhook_secret = EncryptedTextField()
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> dict[str, Any]:
        """The mapping that its answers and webhooks are read by."""
        return SAMPLE if self.adapter == Adapter.SAMPLE else self.mapping

    def clean(self) -> None:
        """Refuse a connection that could not be asked, saying what to write instead."""
        problems: dict[str, Any] = {}
        if self.adapter == Adapter.REST:
            try:
                check_base_url(self.base_url)
            except ValidationError as error:
                problems["base_url"] = error
            if sentences := problems_of(self.mapping):
                problems["mapping"] = sentences
        if self.webhook_secret and not self.has_good_secret():
            said = "A signing secret is whsec_ and the base64 of 24 to 64 bytes."
            problems["webhook_secret"] = said
        if problems:
            raise ValidationError(problems)

    def has_good_secret(self) -> bool:
        """Whether webhooks can be checked; one whose key is gone is another trouble."""
        try:
            return is_webhook_secret(self.webhook_secret.reveal())
        except SecretUnreadable:
            return True


class Contact(models.Model):
    """What a CRM said of one of our customers, and when."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="contacts")
    external_id = models.CharField(max_length=120)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    email = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    tier = models.CharField(max_length=10, choices=Tier, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    source_updated_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(help_text="When the CRM said this.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "external_id"], name="one_contact_of_an_id"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["email"], name="contact_by_email")]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id


class Note(models.Model):
    """A note of ours at a contact: one for each occasion."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="notes")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="notes")
    about = models.CharField(max_length=60, help_text="Such as ticket:42.")
    kind = models.CharField(max_length=10, choices=NoteKind)
    text = models.TextField()
    external_id = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=NoteState, default=NoteState.PENDING)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "about", "kind"], name="one_note_of_an_occasion"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=NoteState.values), name="note_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["about"], name="note_about"),
            models.Index(fields=["state", "-id"], name="note_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.kind}"

    @property
    def reference(self) -> str:
        """What the CRM can find the note by."""
        return f"{self.about}/{self.kind}"


class SampleCrmEntry(models.Model):
    """What the sample CRM holds: one entry for each key, however often it was asked."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "sample CRM entry"
        verbose_name_plural = "sample CRM entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
