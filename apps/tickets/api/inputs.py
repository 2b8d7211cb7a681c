"""The shapes tickets have on the wire, coming in: checked here, before any service sees them."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import Team, User
from apps.core.api.fields import Base64Field, WordField
from apps.customers.models import Customer
from apps.tickets.queries import LARGEST_NUMBER
from apps.tickets.services.addressing import LONGEST_ADDRESS, MOST_COPIES
from apps.tickets.services.conversing import MOST_HOLD
from apps.tickets.services.following import MOST_FOLLOWERS
from apps.tickets.states import Priority, TicketStatus
from apps.tickets.types import NewAttachment

LONGEST_TEXT = 200_000
LARGEST_FILE = 10 * 2**20
LARGEST_FILES = 24 * 2**20
MOST_FILES = 20
MOST_TAGS = 30


def text_field(**options: Any) -> serializers.CharField:
    """What somebody writes; blanks alone are nothing."""
    return serializers.CharField(max_length=LONGEST_TEXT, **options)


class AttachmentIn(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    content_type = serializers.RegexField(
        r"^[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}\Z", required=False, max_length=100
    )
    content: Any = Base64Field(most_bytes=LARGEST_FILE)

    def to_internal_value(self, data: Any) -> NewAttachment:
        """The file as the services take it."""
        values = super().to_internal_value(data)
        kind = values.get("content_type", "application/octet-stream")
        return NewAttachment(name=values["name"], content_type=kind, data=values["content"])


def check_size(files: list[NewAttachment]) -> list[NewAttachment]:
    """Refuse more than a mail could carry."""
    if sum(len(file.data) for file in files) > LARGEST_FILES:
        problem = f"Together the files are larger than {LARGEST_FILES // 2**20} MiB."
        raise serializers.ValidationError(problem)
    return files


def tags_field() -> serializers.ListField:
    """Words put on a ticket."""
    word = serializers.CharField(max_length=40)
    return serializers.ListField(child=word, max_length=MOST_TAGS, required=False)


class AskerIn(serializers.Serializer):
    """Who asks: a known customer's ``id``, or an ``email``, which makes a customer when new."""

    id = serializers.PrimaryKeyRelatedField(queryset=Customer.objects.all(), required=False)
    email = serializers.EmailField(max_length=254, required=False)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("id" in data) == ("email" in data):
            raise serializers.ValidationError("Name the customer by id or by email, one of them.")
        return data


class TicketIn(serializers.Serializer):
    """A new ticket, as if the customer had written it."""

    customer: Any = AskerIn()
    subject = serializers.CharField(max_length=200)
    text = text_field()
    priority = WordField(words=Priority, required=False)
    team = serializers.PrimaryKeyRelatedField(
        queryset=Team.objects.all(), required=False, allow_null=True
    )
    tags = tags_field()
    attachments = serializers.ListField(
        child=AttachmentIn(), max_length=MOST_FILES, required=False
    )

    def validate_attachments(self, files: list[NewAttachment]) -> list[NewAttachment]:
        """Refuse more than a mail could carry."""
        return check_size(files)


class TicketChange(serializers.Serializer):
    """What to change; what is not named stays."""

    status = serializers.ChoiceField(choices=TicketStatus.choices, required=False)
    priority = WordField(words=Priority, required=False)
    team = serializers.PrimaryKeyRelatedField(
        queryset=Team.objects.all(), required=False, allow_null=True
    )
    owner = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    tags = tags_field()
    followers = serializers.ListField(
        child=serializers.EmailField(max_length=LONGEST_ADDRESS),
        max_length=MOST_FOLLOWERS,
        required=False,
        help_text="Who else gets a copy of each reply: these and nobody else.",
    )
    is_spam = serializers.BooleanField(
        required=False, help_text="Saying no has messages worked on that came as spam."
    )
    why = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="Kept in the timeline."
    )

    def changes(self) -> dict[str, Any]:
        """What the service is told."""
        told = {name: value for name, value in self.validated_data.items() if name != "why"}
        if "team" in told:
            team = told.pop("team")
            told["team_id"] = team.pk if team else None
        return told


OF_A_REPLY = ("status", "attachments", "cc", "bcc", "quotes", "hold_seconds")


def copies_field(help_text: str) -> serializers.ListField:
    """Mail addresses of people who get a copy."""
    child = serializers.EmailField(max_length=LONGEST_ADDRESS)
    return serializers.ListField(
        child=child, max_length=MOST_COPIES, required=False, help_text=help_text
    )


class MessageIn(serializers.Serializer):
    """A reply, which is sent to the customer, or a note, which only agents see."""

    kind = serializers.ChoiceField(choices=[("reply", "reply"), ("note", "note")])
    text = text_field()
    status = serializers.ChoiceField(
        choices=TicketStatus.choices,
        required=False,
        help_text="The ticket's status after a reply; by default `pending`.",
    )
    attachments = serializers.ListField(
        child=AttachmentIn(), max_length=MOST_FILES, required=False
    )
    cc = copies_field("Who gets a copy that all see; by default the ticket's followers.")
    bcc = copies_field("Who gets a copy that nobody sees.")
    quotes = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="The message of the ticket that is quoted below the text.",
    )
    hold_seconds = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_HOLD,
        help_text="So long its author may take it back at the desk; by default 0.",
    )

    def validate_attachments(self, files: list[NewAttachment]) -> tuple[NewAttachment, ...]:
        """Refuse more than a mail could carry."""
        return tuple(check_size(files))

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """A note is text alone, and moves nothing."""
        if data["kind"] == "note":
            for name in OF_A_REPLY:
                if data.get(name):
                    raise serializers.ValidationError({name: "A note has none."})
        return data
