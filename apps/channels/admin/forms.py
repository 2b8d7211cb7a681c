"""The forms of an inbox and its mailboxes: presets of providers, and refusals in sentences."""

import json
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.channels.models import Inbox, Mailbox
from apps.channels.rules import LONGEST_FOLDER, lines_of
from apps.channels.states import Security, SignIn

OWN = ""
PRESETS: dict[str, dict[str, Any]] = {
    "gmail": {
        "host": "imap.gmail.com",
        "port": 993,
        "security": Security.TLS,
        "sign_in": SignIn.OAUTH,
    },
    "microsoft": {
        "host": "outlook.office365.com",
        "port": 993,
        "security": Security.TLS,
        "sign_in": SignIn.OAUTH,
    },
    "fastmail": {
        "host": "imap.fastmail.com",
        "port": 993,
        "security": Security.TLS,
        "sign_in": SignIn.PASSWORD,
    },
}
PROVIDERS = [
    (OWN, "Another mail server"),
    ("gmail", "Gmail, Google Workspace"),
    ("microsoft", "Microsoft 365, Outlook"),
    ("fastmail", "Fastmail"),
]


class InboxForm(forms.ModelForm):
    """An inbox as an admin writes it."""

    class Meta:
        model = Inbox
        fields: ClassVar = [
            "address",
            "name",
            "team",
            "from_name",
            "reply_from",
            "signature",
            "acknowledgement",
            "spam",
            "most_megabytes",
            "takes_lists",
            "form_slug",
            "is_active",
            "is_default",
        ]
        labels: ClassVar = {
            "from_name": "Name that replies come from",
            "reply_from": "Address that replies come from",
            "spam": "What is called spam",
            "most_megabytes": "Largest mail, in MB",
            "takes_lists": "Mail comes through a mailing list",
            "form_slug": "Last part of the form's address",
            "is_active": "Switched on",
            "is_default": "The default inbox",
        }
        help_texts: ClassVar = {
            "address": "What customers write to.",
            "name": "What the desk calls it.",
            "team": "Is asked first; routing rules may choose another one.",
        }
        widgets: ClassVar = {
            "signature": forms.Textarea(attrs={"rows": 4}),
            "acknowledgement": forms.Textarea(attrs={"rows": 4}),
        }
        error_messages: ClassVar = {
            "address": {"unique": "Another inbox has this address: open that one instead."},
            "form_slug": {"unique": "Another inbox has its form there: choose another name."},
        }

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values | {"label_suffix": ""})

    def clean_address(self) -> str:
        """Addresses compare in lower case, and none takes the answers to tickets."""
        address = str(self.cleaned_data["address"]).lower()
        if address.startswith("reply+"):
            raise ValidationError(
                "Addresses that begin with reply+ are those of tickets: an answer finds its own "
                "by it. Choose another name."
            )
        other = self.others().filter(reply_from__iexact=address).first()
        if other:
            raise ValidationError(f"The inbox {other} sends its replies from this address.")
        return address

    def clean_reply_from(self) -> str:
        """Replies come from an address that is this inbox's, or nobody's."""
        address = str(self.cleaned_data["reply_from"]).lower()
        if address and self.others().filter(Q(address=address)).exists():
            raise ValidationError(
                f"{address} is another inbox: its team would get the answers. Write an address "
                "that no other inbox has, or nothing."
            )
        return address

    def clean(self) -> dict[str, Any]:
        """The default inbox takes what nobody else does, so it is switched on."""
        data = super().clean() or {}
        if data.get("is_default") and not data.get("is_active"):
            self.add_error(
                "is_active",
                "The default inbox takes mail that names no other, so it cannot be switched "
                "off: make another one the default first.",
            )
        return data

    def others(self) -> Any:
        """Every other inbox."""
        return Inbox.objects.exclude(pk=self.instance.pk)


SECURITY = [
    (Security.TLS, "TLS from the first byte"),
    (Security.STARTTLS, "STARTTLS"),
    (Security.PLAIN, "none (own network only)"),
]
"""As short as a phone needs it."""


class MailboxForm(forms.ModelForm):
    """An IMAP account; what a provider's name says need not be typed."""

    provider = forms.ChoiceField(
        choices=PROVIDERS,
        required=False,
        widget=forms.Select(attrs={"data-presets": json.dumps(PRESETS)}),
        help_text="Fills in server, port, security and the way to sign in.",
    )

    token_url = forms.URLField(
        label="Token address",
        required=False,
        assume_scheme="https",
        help_text="Where access tokens are renewed; known for Google and Microsoft.",
    )

    class Meta:
        model = Mailbox
        exclude: ClassVar = ["inbox"]
        labels: ClassVar = {
            "host": "Server",
            "username": "User name",
            "sign_in": "Signs in with",
            "afterwards": "Afterwards",
            "move_to": "Folder to move to",
            "is_active": "Is collected",
            "client_id": "Client id",
        }
        help_texts: ClassVar = {
            "folders": "Those that are read: each on a line of its own, for a name may have "
            "commas.",
        }
        widgets: ClassVar = {"folders": forms.Textarea(attrs={"rows": 3})}
        error_messages: ClassVar = {
            "folders": {"required": "Name a folder to read; the first of an account is INBOX."}
        }

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values | {"label_suffix": ""})
        security: Any = self.fields["security"]
        security.choices = SECURITY
        self.fields["provider"].initial = provider_of(self.instance.host)
        if self.is_bound:
            self.fill_in()

    def fill_in(self) -> None:
        """Take from a provider that was chosen anew what its name says."""
        preset = PRESETS.get(self.data.get(self.add_prefix("provider"), ""))
        if preset and self.data.get(self.add_prefix("host"), "").strip().lower() != preset["host"]:
            filled = {self.add_prefix(name): str(value) for name, value in preset.items()}
            self.data = {**{name: self.data[name] for name in self.data}, **filled}

    def clean_host(self) -> str:
        """A name, without what browsers write around it."""
        host = str(self.cleaned_data["host"]).strip().lower()
        if "/" in host or ":" in host or "@" in host or " " in host:
            raise ValidationError(
                "Write only the server's name, such as imap.example.com; the port has a field "
                "of its own."
            )
        return host

    def clean_folders(self) -> str:
        """One name on each line, none longer than is kept."""
        names = lines_of(str(self.cleaned_data["folders"]))
        if any(len(name) > LONGEST_FOLDER for name in names):
            raise ValidationError(
                f"A folder's name has at most {LONGEST_FOLDER} letters: write each on a line of "
                "its own."
            )
        return "\n".join(names)

    def clean(self) -> dict[str, Any]:
        """Refuse what could never sign in."""
        data = super().clean() or {}
        by_oauth = data.get("sign_in") == SignIn.OAUTH
        if by_oauth and not data.get("client_id"):
            self.add_error(
                "client_id", "Register the desk at the provider, and write its client id here."
            )
        if data.get("sign_in") == SignIn.PASSWORD and not self.keeps("password", data):
            self.add_error("password", "Write the password, or an app password of the account.")
        return data

    def keeps(self, name: str, data: dict[str, Any]) -> bool:
        """Whether there will be a secret: typed now, or stored before and not taken away."""
        typed = data.get(name, "")
        return bool(typed or getattr(self.instance, name)) and typed != "-"


def provider_of(host: str) -> str:
    """The provider whose server this is, if it is one that we know."""
    return next((name for name, fills in PRESETS.items() if fills["host"] == host.lower()), OWN)
