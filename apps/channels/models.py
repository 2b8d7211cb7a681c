"""Mailboxes of the desk, and every mail that arrived, as it arrived."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower

from apps.accounts.models import Team
from apps.channels.rules import LONGEST_FOLDER, lines_of
from apps.channels.states import (
    DECIDED,
    FILED,
    MOVES,
    Afterwards,
    Outcome,
    Security,
    SignIn,
    Source,
    SpamPolicy,
)
from apps.channels.types import MEGABYTE, MOST_BYTES, MailOutcome
from apps.core.db import Untagged
from apps.core.secrets import EncryptedTextField
from apps.tickets.models import Message, Ticket

MOST_MEGABYTES = MOST_BYTES // MEGABYTE

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
    reply_from = models.EmailField(
        blank=True, help_text="The address replies come from; empty means this inbox's own."
    )
    signature = models.TextField(blank=True, help_text="Stands below each reply.")
    acknowledgement = models.TextField(
        blank=True,
        help_text="Sent once to whoever opens a ticket; {number} stands for its number. "
        "Empty sends nothing.",
    )
    spam = models.CharField(
        max_length=6,
        choices=SpamPolicy,
        default=SpamPolicy.ASIDE,
        help_text="What becomes of mail that a mail server calls spam.",
    )
    most_megabytes = models.PositiveSmallIntegerField(
        default=MOST_MEGABYTES,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MEGABYTES)],
        help_text=f"Larger mails are refused; {MOST_MEGABYTES} is the most there can be.",
    )
    form_slug = models.SlugField(
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        help_text="Where its web form is, /contact/…/; empty means that it has none.",
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


class Mailbox(models.Model):
    """An IMAP account that an inbox's mail is collected from."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="mailboxes")
    host = models.CharField(max_length=253, validators=[one_line])
    port = models.PositiveIntegerField(default=993, validators=[MaxValueValidator(65535)])
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    username = models.CharField(max_length=254, validators=[one_line])
    sign_in = models.CharField(max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    password = EncryptedTextField()
    token_url = models.URLField(blank=True, help_text="Where access tokens are renewed.")
    client_id = models.CharField(max_length=254, blank=True)
    client_secret = EncryptedTextField()
    refresh_token = EncryptedTextField()
    scope = models.CharField(max_length=254, blank=True)
    folders = models.TextField(
        default="INBOX", help_text="Folders that are read, each on a line of its own."
    )
    afterwards = models.CharField(
        max_length=6,
        choices=Afterwards,
        default=Afterwards.SEEN,
        help_text="What becomes of a mail there, once it is stored here.",
    )
    move_to = models.CharField(max_length=200, blank=True, validators=[one_line])
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "mailboxes"
        ordering: ClassVar = ["host", "username"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["host", "username"],
                name="one_mailbox_of_an_account",
                violation_error_message="This account is collected already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(afterwards=Afterwards.MOVE, move_to=""),
                name="a_mail_moves_somewhere",
                violation_error_message="Name the folder that mails are moved to.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username} at {self.host}"

    @property
    def folder_names(self) -> list[str]:
        """The folders that are read, in this order."""
        return lines_of(self.folders)


class MailFolder(models.Model):
    """How far a folder of a mailbox was read, and how that went."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="places")
    name = models.CharField(max_length=LONGEST_FOLDER)
    account = models.TextField(blank=True, editable=False, help_text="The one it was read of.")
    generation = models.PositiveIntegerField(default=0, editable=False)
    uid_validity = models.PositiveBigIntegerField(default=0)
    last_uid = models.PositiveBigIntegerField(
        default=0, help_text="Every mail up to this one is stored here."
    )
    settled_uid = models.PositiveBigIntegerField(
        default=0, help_text="Up to this one, what was to be done there is done."
    )
    read_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    kept_back_uid = models.PositiveBigIntegerField(default=0, editable=False)
    kept_back = models.PositiveIntegerField(default=0, editable=False)
    compared_at = models.DateTimeField(null=True, help_text="With what lies there.")
    lying = models.PositiveIntegerField(default=0, help_text="How many mails lay there then.")
    waiting = models.PositiveIntegerField(default=0, help_text="Those that were not read yet.")
    missing = models.PositiveIntegerField(default=0, help_text="Read, and not stored here.")
    missing_uids = ArrayField(models.PositiveBigIntegerField(), default=list, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailbox", "name"], name="one_place_of_a_folder")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.mailbox}"


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
    origin = models.CharField(
        max_length=300, null=True, unique=True, help_text="Where it was taken from, once."
    )
    is_partial = models.BooleanField(
        default=False, help_text="It could not be taken whole: it stays where it was taken from."
    )
    recipient = models.CharField(max_length=254, blank=True, help_text="Of its envelope.")
    spam = models.TextField(blank=True, help_text="Why a mail server calls it spam.")
    received_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, help_text="When our mail server had it.")

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
    report_on = models.ForeignKey(
        Message,
        models.PROTECT,
        null=True,
        related_name="reports",
        help_text="The message of ours that this is a report about.",
    )
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
            models.Index(Untagged("sender"), "received_at", name="mail_of_person"),
            models.Index(fields=["outcome", "-id"], name="mail_by_outcome"),
            models.Index(fields=["inbox", "-id"], name="mail_by_inbox"),
            models.Index(fields=["message_id_header"], name="mail_by_header"),
            models.Index(fields=["received_at"], name="mail_by_day"),
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
