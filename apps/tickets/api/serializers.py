"""The shapes tickets have on the wire, going out."""

from typing import Any, ClassVar

from rest_framework import serializers

from apps.accounts.models import User
from apps.coordination.models import Event
from apps.core.api.fields import WordField
from apps.customers.models import Customer
from apps.tickets.models import Attachment, Follower, Message, Ticket
from apps.tickets.states import Priority, Verdict


class AskerOut(serializers.ModelSerializer):
    """A ticket's customer, in short."""

    email = serializers.CharField(read_only=True, help_text="Empty when none is known.")

    class Meta:
        model = Customer
        fields: ClassVar = ["id", "name", "email"]


class FollowerOut(serializers.ModelSerializer):
    """Somebody who gets a copy of each reply."""

    class Meta:
        model = Follower
        fields: ClassVar = ["address", "name"]


class TicketOut(serializers.ModelSerializer):
    customer: Any = AskerOut()
    followers: Any = FollowerOut(many=True)
    priority = WordField(words=Priority)
    tags: Any = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    version = serializers.IntegerField(help_text="Grows with each change; also the ETag.")

    class Meta:
        model = Ticket
        fields: ClassVar = [
            "id",
            "subject",
            "status",
            "priority",
            "customer",
            "team",
            "owner",
            "tags",
            "label",
            "language",
            "channel",
            "is_spam",
            "followers",
            "follows",
            "preview",
            "version",
            "escalated_at",
            "created_at",
            "updated_at",
            "last_message_at",
            "first_answered_at",
            "solved_at",
        ]
        read_only_fields = fields


class AuthorOut(serializers.ModelSerializer):
    """Whoever wrote an answer or a note."""

    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = User
        fields: ClassVar = ["id", "name"]


class AttachmentOut(serializers.ModelSerializer):
    """A file. ``content_type`` is what its sender called it, ``found_type`` what it is."""

    verdict = serializers.ChoiceField(
        choices=Verdict.choices,
        read_only=True,
        help_text="Empty: not checked. One that is `waiting`, `infected` or `blocked` "
        "is not handed out.",
    )

    class Meta:
        model = Attachment
        fields: ClassVar = [
            "id",
            "name",
            "content_type",
            "found_type",
            "size",
            "sha256",
            "verdict",
            "verdict_note",
        ]
        read_only_fields = fields


class MessageOut(serializers.ModelSerializer):
    author: Any = AuthorOut(allow_null=True)
    attachments: Any = AttachmentOut(many=True)

    class Meta:
        model = Message
        fields: ClassVar = [
            "id",
            "kind",
            "author",
            "is_automatic",
            "customer",
            "subject",
            "text",
            "visible",
            "to",
            "delivery",
            "delivery_error",
            "created_at",
            "sent_at",
            "attachments",
        ]
        read_only_fields = fields


class WholeMessageOut(MessageOut):
    """A message with its (sanitised) HTML and what a mail program threads it by."""

    class Meta(MessageOut.Meta):
        fields: ClassVar = [
            *MessageOut.Meta.fields,
            "html",
            "cc",
            "bcc",
            "quotes",
            "hold_until",
            "message_id_header",
            "in_reply_to",
        ]
        read_only_fields = fields


class EventOut(serializers.ModelSerializer):
    """Something that happened to a ticket: what, when, who, why, in which step."""

    payload = serializers.DictField(read_only=True)

    class Meta:
        model = Event
        fields: ClassVar = ["seq", "type", "at", "actor", "why", "run_id", "step", "payload"]
        read_only_fields = fields
