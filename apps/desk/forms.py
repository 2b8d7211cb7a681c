"""What agents send: replies and notes, and changes of a ticket's properties."""

import re
from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.tickets.states import Priority, TicketStatus

KEY = re.compile(r"[A-Za-z0-9_-]{8,48}")
LONGEST_TEXT = 100_000
MOST_TAGS = 30


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

    def clean_text(self) -> str:
        """Refuse a text of blanks."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError("Write something first.")
        return text


class ChangeForm(forms.Form):
    """One of the buttons, or the whole row of properties."""

    do = forms.ChoiceField(
        choices=[(name, name) for name in ("save", "take", "solve", "reopen")], required=False
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
