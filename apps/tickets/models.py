"""Tickets, the messages on them, and what came with the messages."""

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Upper

from apps.accounts.models import Team, User
from apps.customers.models import Customer
from apps.tickets.states import (
    MOVES,
    UNFINISHED,
    WITHHELD,
    Delivery,
    MessageKind,
    Priority,
    TicketStatus,
    Verdict,
)


class Tag(models.Model):
    """A word that agents and rules put on tickets."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class TicketQuerySet(models.QuerySet["Ticket"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def visible_to(self, user: User) -> Self:
        """Everybody who may use the desk sees every ticket; nobody else sees any."""
        return self if user.has_perm("accounts.use_desk") else self.none()


TOLD = """
    IF NOT EXISTS (
        SELECT 1 FROM coordination_event
         WHERE stream = 'ticket:' || NEW.id AND type = 'StatusChanged'
           AND payload @> jsonb_build_object('new', NEW.status, 'version', NEW.version)) THEN
        RAISE EXCEPTION 'told_in_log: no event says that ticket % is %', NEW.id, NEW.status;
    END IF;
    RETURN NULL;"""
"""Looked at when the transaction commits, for each status that a ticket got in it."""


class Ticket(models.Model):
    """One request of a customer. Its number, the primary key, is what people say."""

    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=TicketStatus, default=TicketStatus.NEW)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets")
    channel = models.CharField(max_length=12, default="mail")
    inbox_address = models.CharField(max_length=254, blank=True)
    is_spam = models.BooleanField(default=False)
    label = models.CharField(max_length=40, blank=True, help_text="What it is about, once sure.")
    language = models.CharField(max_length=8, blank=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    escalated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    last_message_kind = models.CharField(max_length=10, choices=MessageKind)
    preview = models.CharField(max_length=160, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-updated_at", "-id"], name="ticket_latest"),
            models.Index(fields=["status", "-updated_at", "-id"], name="ticket_by_status"),
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                name="ticket_by_owner",
                condition=models.Q(status__in=UNFINISHED),
            ),
            models.Index(
                fields=["team", "-updated_at", "-id"],
                name="ticket_by_team",
                condition=models.Q(status__in=UNFINISHED),
            ),
            models.Index(fields=["customer", "-id"], name="ticket_by_customer"),
            models.Index(
                fields=["-updated_at", "-id"],
                name="ticket_spam",
                condition=models.Q(is_spam=True),
            ),
            GinIndex(OpClass(Upper("subject"), name="gin_trgm_ops"), name="ticket_subject_words"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=TicketStatus.values), name="ticket_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(priority__in=Priority.values), name="ticket_priority_known"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="permitted_moves",
                field="status",
                transitions=sorted((old, new) for old, news in MOVES.items() for new in news),
            ),
            pgtrigger.Trigger(
                name="told_in_log",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
                func=TOLD,
            ),
        ]

    def __str__(self) -> str:
        return f"Ticket {self.pk}"

    @property
    def stream(self) -> str:
        """The ticket's story in the event log."""
        return f"ticket:{self.pk}"


class Follower(models.Model):
    """Somebody who gets a copy of each reply on a ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="followers")
    address = models.EmailField(help_text="In lower case.")
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "address"], name="one_follower_of_an_address"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.address


class Message(models.Model):
    """Something somebody wrote on a ticket: a customer, an agent, or a note among agents."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=MessageKind)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    key = models.CharField(max_length=80, null=True, unique=True, help_text="Written once.")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(help_text="The whole body as text.")
    visible = models.TextField(help_text="The body without quoted history and signature.")
    html = models.TextField(blank=True, help_text="The body as sanitised HTML.")
    message_id_header = models.CharField(max_length=255, blank=True)
    in_reply_to = models.CharField(max_length=255, blank=True)
    to = models.CharField(max_length=254, blank=True)
    cc = models.TextField(blank=True, help_text="Addresses between commas.")
    bcc = models.TextField(blank=True, help_text="Addresses between commas.")
    quotes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, help_text="What it is sent above of."
    )
    is_automatic = models.BooleanField(default=False, help_text="Nobody wrote it by hand.")
    hold_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then its author may take it back."
    )
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.NONE, blank=True)
    delivery_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "created_at", "id"], name="message_of_ticket"),
            models.Index(
                fields=["message_id_header"],
                name="message_by_header",
                condition=~models.Q(message_id_header=""),
            ),
            models.Index(
                fields=["ticket"],
                name="message_in_doubt",
                condition=models.Q(delivery=Delivery.IN_DOUBT),
            ),
            GinIndex(SearchVector("visible", config="simple"), name="message_words"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk} on {self.ticket_id}"

    @property
    def may_be_out(self) -> bool:
        """Whether a reply was begun to be sent, if only once: a mail server may have it."""
        return bool(self.message_id_header)


def attachment_path(attachment: "Attachment", name: str) -> str:
    """Where a file lies: by the hash of its content, never by the name that it came with."""
    return f"attachments/{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(models.Model):
    """A file that came with a message, stored by the hash of its content."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content_id = models.CharField(max_length=200, blank=True)
    found_type = models.CharField(
        max_length=100, blank=True, help_text="What its content is, whatever it is called."
    )
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    verdict_note = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    file = models.FileField(upload_to=attachment_path, max_length=200)

    def __str__(self) -> str:
        return self.name

    @property
    def why_withheld(self) -> str:
        """Why nobody gets it at the moment; empty when it is handed out."""
        return WITHHELD.get(self.verdict, "").format(note=self.verdict_note)


class OrderMention(models.Model):
    """An order that a ticket is about, once it was found in the mirror."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="order_mentions")
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    belongs = models.BooleanField(help_text="Whether the order is this customer's.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "source", "number"], name="an_order_mentioned_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["number"], name="mention_by_number")]

    def __str__(self) -> str:
        return f"{self.source}/{self.number}"
