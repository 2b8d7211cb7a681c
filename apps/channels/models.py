"""Mailboxes of the desk, and every mail that arrived, as it arrived."""

from typing import ClassVar

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from apps.accounts.models import Team
from apps.channels.states import DECIDED, FILED, MOVES, Outcome, Source
from apps.channels.types import MailOutcome
from apps.tickets.models import Message, Ticket

one_line = RegexValidator(r"[\r\n]", "Write it on one line.", inverse_match=True)


class Inbox(models.Model):
    """An address customers write to, and the team that is asked first."""

    address = models.EmailField(unique=True, help_text="In lower case.")
    name = models.CharField(max_length=80)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    from_name = models.CharField(
        max_length=80,
        blank=True,
        validators=[one_line],
        help_text="Whom replies come from; empty means the name.",
    )
    is_active = models.BooleanField(default=True)
    takes_lists = models.BooleanField(
        default=False,
        help_text="Its mail comes through a group or mailing list, so list headers say nothing.",
    )
    is_default = models.BooleanField(default=False, help_text="Takes mail that names no inbox.")

    class Meta:
        verbose_name_plural = "inboxes"
        ordering: ClassVar = ["address"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_inbox",
                violation_error_message="Another inbox is the default one.",
            ),
            models.CheckConstraint(
                condition=models.Q(address=Lower("address")),
                name="inbox_address_is_lower_case",
                violation_error_message="Write the address in lower case.",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class WithoutRaw(models.Manager["ReceivedMail"]):
    """Leaves the raw bytes in the database until somebody asks for them."""

    def get_queryset(self) -> models.QuerySet["ReceivedMail"]:
        return super().get_queryset().defer("raw")


class ReceivedMail(models.Model):
    """One delivery: the raw bytes, which never change, and what became of them."""

    inbox = models.ForeignKey(Inbox, models.PROTECT, null=True, related_name="mails")
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=Source)
    received_at = models.DateTimeField()

    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    message_id_header = models.CharField(max_length=255, blank=True)
    dedupe_key = models.CharField(max_length=68, null=True, editable=False)
    problems = models.TextField(blank=True, help_text="What was odd about it.")

    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RECEIVED)
    reason = models.TextField(blank=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="mails")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="mails")
    decided_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0, help_text="How often it was looked at.")
    is_insisted = models.BooleanField(
        default=False, help_text="A person wants it filed: copies, robots, brake do not matter."
    )

    objects = WithoutRaw()

    class Meta:
        verbose_name = "received mail"
        base_manager_name = "objects"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dedupe_key"], name="one_mail_of_a_key"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="mail_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=FILED, ticket__isnull=False, message__isnull=False)
                | models.Q(ticket=None, message=None) & ~models.Q(outcome__in=FILED),
                name="a_filed_mail_has_its_message",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.DUPLICATE, duplicate_of__isnull=False)
                | models.Q(duplicate_of=None) & ~models.Q(outcome=Outcome.DUPLICATE),
                name="a_duplicate_has_its_original",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=DECIDED, decided_at__isnull=False)
                | models.Q(outcome=Outcome.RECEIVED, decided_at=None),
                name="a_decided_mail_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sender", "received_at"], name="mail_of_sender"),
            models.Index(fields=["outcome", "-id"], name="mail_by_outcome"),
            models.Index(fields=["inbox", "-id"], name="mail_by_inbox"),
            models.Index(fields=["message_id_header"], name="mail_by_header"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="raw_never_changes",
                operation=pgtrigger.UpdateOf("raw", "sha256", "size", "received_at"),  # type: ignore[no-untyped-call]
            ),
            pgtrigger.FSM(
                name="permitted_outcomes",
                field="outcome",
                transitions=sorted((old, new) for old, news in MOVES.items() for new in news),
            ),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk}"

    @property
    def result(self) -> MailOutcome:
        """What became of it, as a plain value."""
        filed = self.duplicate_of or self
        return MailOutcome(
            outcome=self.outcome,
            reason=self.reason,
            ticket_id=filed.ticket_id,
            ticket_number=filed.ticket_id,
            message_id=filed.message_id,
            duplicate_of=self.duplicate_of_id,
        )
