"""What agents send: replies and notes, and changes of a ticket's properties."""

import re
from email.utils import parseaddr
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from apps.accounts.models import Team, User
from apps.tickets.models import Attachment, Ticket
from apps.tickets.states import Delivery, Priority, TicketStatus, Verdict
from apps.tickets.types import NewAttachment

KEY = re.compile(r"[A-Za-z0-9_-]{8,48}")
LONGEST_TEXT = 100_000
LONGEST_LIST = 6000
MOST_TAGS = 30
MEGABYTE = 2**20
LOST = (Delivery.FAILED, Delivery.BOUNCED)
MOST_FILES, MOST_FILE_BYTES = 20, 24 * MEGABYTE


class FilesInput(forms.ClearableFileInput):
    """One field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none; their number and size are bounded before any is read."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Check each file, then all of them together."""
        files = [super(FilesField, self).clean(file) for file in data or []]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"A mail takes {MOST_FILES} files at most.")
        if sum(file.size for file in files) > MOST_FILE_BYTES:
            most = f"{MOST_FILE_BYTES // MEGABYTE} MB"
            raise forms.ValidationError(f"The files are larger than {most} together.")
        return files


class WriteForm(forms.Form):
    """A reply or an internal note."""

    kind = forms.ChoiceField(choices=[("reply", "Reply"), ("note", "Note")])
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        strip=False,
        error_messages={
            "required": "Write something first.",
            "max_length": "This is longer than a mail may be; attach it or split it.",
        },
    )
    key = forms.RegexField(
        rf"^{KEY.pattern}\Z",
        error_messages={
            "required": "The page was too old. Send it again.",
            "invalid": "The page was damaged. Send it again.",
        },
    )
    seen = forms.IntegerField(min_value=0, required=False)
    then = forms.ChoiceField(choices=[("", "Send"), ("solve", "Send and solve")], required=False)
    to = forms.CharField(max_length=LONGEST_LIST, required=False)
    cc = forms.CharField(max_length=LONGEST_LIST, required=False)
    bcc = forms.CharField(max_length=LONGEST_LIST, required=False)
    quotes = forms.IntegerField(min_value=1, required=False)
    kept = forms.ModelMultipleChoiceField(Attachment.objects.none(), required=False)
    chosen = FilesField(
        required=False,
        max_length=200,
        allow_empty_file=True,
        error_messages={"max_length": "The name of a file is longer than 200 characters."},
    )

    def __init__(self, *args: Any, ticket: Ticket, by: User, **more: Any) -> None:
        """Files are kept from what this person took back on this ticket, and from nowhere else."""
        super().__init__(*args, **more)
        self.fields["kept"].queryset = files_taken_back(ticket, by)  # type: ignore[attr-defined]

    @property
    def envelope(self) -> dict[str, Any]:
        """Whom a reply goes to; a page that did not ask leaves the copies to the ticket."""
        cleaned = self.cleaned_data
        main, *more = plain_addresses(cleaned["to"]) or [""]
        return {
            "to": main,
            "cc": [*more, *plain_addresses(cleaned["cc"])] if "cc" in self.data else None,
            "bcc": plain_addresses(cleaned["bcc"]),
        }

    @property
    def attachments(self) -> tuple[NewAttachment, ...]:
        """What was chosen, and what was kept."""
        chosen = [
            NewAttachment(name=file.name, content_type=file.content_type or "", data=file.read())
            for file in self.cleaned_data["chosen"]
        ]
        return (*(again(file) for file in self.cleaned_data["kept"]), *chosen)

    def clean_to(self) -> str:
        """Refuse a reply to nobody, where its page asked: silence would mean the customer."""
        to = str(self.cleaned_data["to"])
        if "to" in self.data and self.data.get("kind") != "note" and not to.strip(" ,;"):
            raise forms.ValidationError("Write whom it goes to.")
        return to

    def clean_text(self) -> str:
        """Refuse a text of blanks."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError("Write something first.")
        return text


class ChangeForm(forms.Form):
    """One of the buttons, or the whole row of properties."""

    do = forms.ChoiceField(
        choices=[(name, name) for name in ("save", "take", "solve", "reopen", "spam", "not_spam")],
        required=False,
    )
    seen = forms.IntegerField(min_value=0, required=False)
    status = forms.ChoiceField(choices=TicketStatus, required=False)
    priority = forms.TypedChoiceField(choices=Priority, coerce=int, required=False)
    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), required=False)
    tags = forms.CharField(max_length=1200, required=False)

    def clean_tags(self) -> list[str]:
        """Tags between commas or line ends, each once."""
        words = str(self.cleaned_data["tags"]).replace("\n", ",").split(",")
        tags = list(dict.fromkeys(tag for word in words if (tag := clean_tag(word))))
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(f"A ticket may have {MOST_TAGS} tags at most.")
        if any(len(tag) > 40 for tag in tags):
            raise forms.ValidationError("A tag may have 40 characters at most.")
        return tags

    @property
    def posted(self) -> dict[str, Any]:
        """The properties that were sent, as the ticket stores them."""
        cleaned = self.cleaned_data
        values = {
            "status": cleaned["status"] or None,
            "priority": cleaned["priority"] or None,
            "owner": cleaned["owner"].pk if cleaned["owner"] else None,
            "team": cleaned["team"].pk if cleaned["team"] else None,
        }
        optional = {"owner", "team"}
        return {
            name: value
            for name, value in values.items()
            if name in self.data and (value is not None or name in optional)
        }


def clean_tag(word: str) -> str:
    """One tag as it is stored."""
    return " ".join(word.replace("\x00", "").split()).casefold()


def files_taken_back(ticket: Ticket, by: User) -> Any:
    """The files of replies on a ticket that this person took back, or that reached nobody."""
    mine = Q(message__author=by, message__delivery=Delivery.WITHDRAWN)
    lost = Q(message__delivery__in=LOST)
    files = Attachment.objects.filter(mine | lost, message__ticket=ticket)
    return files.exclude(verdict__in=(Verdict.INFECTED, Verdict.BLOCKED)).order_by("pk")


def again(file: Attachment) -> NewAttachment:
    """A stored file as if it had just been chosen."""
    with file.file.open("rb") as content:
        return NewAttachment(name=file.name, content_type=file.content_type, data=content.read())


def plain_addresses(typed: str) -> list[str]:
    """Addresses as people type and paste them: between commas or lines, with names or without."""
    words = re.split(r"[,;\r\n]+", typed.replace("\x00", ""))
    return [parseaddr(word)[1] if "<" in word else word.strip() for word in words if word.strip()]
