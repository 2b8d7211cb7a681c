"""Secrets at rest: sealed in the database, revealed only where they are used."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from apps.core.errors import Refused

MARK = "sealed:"
FORGET = "-"
ONE_LINE = RegexValidator(
    r"\A[!-~]([ -~]{0,3998}[!-~])?\Z", "A secret is one line of printable ASCII characters."
)


class SecretUnreadable(Refused):
    """No key of ours opens a stored secret."""

    message = (
        "A stored secret cannot be opened: put the key it was sealed with back into "
        "SUPPORTCOORD_ENCRYPTION_KEYS, or enter the secret again."
    )


def box() -> MultiFernet:
    """Seals with the first key, opens with any: put a new key in front to rotate."""
    digests = [hashlib.sha256(key.encode()) for key in settings.SUPPORTCOORD_ENCRYPTION_KEYS]
    return MultiFernet([Fernet(urlsafe_b64encode(digest.digest())) for digest in digests])


@dataclass(frozen=True)
class Secret:
    """A text that shows itself to nobody: not in pages, logs, tracebacks or dumps."""

    sealed: str = ""

    @classmethod
    def of(cls, text: str) -> "Secret":
        """Seal a text; what is sealed already stays as it is."""
        if not text or text.startswith(MARK):
            return cls(text)
        return cls(MARK + box().encrypt(text.encode()).decode())

    def reveal(self) -> str:
        """The text itself. Raises SecretUnreadable when its key is gone."""
        try:
            return box().decrypt(self.sealed.removeprefix(MARK)).decode() if self.sealed else ""
        except InvalidToken:
            raise SecretUnreadable from None

    def resealed(self) -> "Secret":
        """The same text under today's first key."""
        return Secret.of(self.reveal())

    def __bool__(self) -> bool:
        return bool(self.sealed)

    def __str__(self) -> str:
        return "•••" if self.sealed else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"


class SecretInput(forms.CharField):
    """A form field that takes a secret and never gives it back."""

    def __init__(self, **options: Any) -> None:
        shape = {"autocomplete": "new-password"}
        widget = forms.PasswordInput(render_value=False, attrs=shape)
        hint = f"Never shown. Leave empty to keep what is stored; {FORGET} removes it."
        super().__init__(
            label=options.get("label"),
            help_text=options.get("help_text") or hint,
            required=False,
            widget=widget,
            validators=[ONE_LINE],
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Only what was typed is a change."""
        return bool(data)


class Sealing(DeferredAttribute):
    """Seals whatever is put on a record."""

    def __set__(self, record: models.Model, value: Any) -> None:
        record.__dict__[self.field.attname] = self.field.to_python(value)


class EncryptedTextField(models.TextField):
    """A column that holds a Secret. It can be stored and read, and not searched."""

    descriptor_class = Sealing
    if TYPE_CHECKING:
        _pyi_private_set_type: str | Secret  # type: ignore[assignment]
        _pyi_private_get_type: Secret  # type: ignore[assignment]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"default": "", "blank": True, "editable": True})

    def to_python(self, value: Any) -> Secret:
        """Seal a text."""
        return value if isinstance(value, Secret) else Secret.of(value or "")

    def from_db_value(self, value: str | None, *_: object) -> Secret:
        """Wrap what is stored, without opening it."""
        return Secret(value or "")

    def get_prep_value(self, value: Any) -> str:
        """What is stored: the sealed text."""
        return self.to_python(value).sealed

    def value_to_string(self, obj: models.Model) -> str:
        """What a dump holds: the sealed text."""
        return self.get_prep_value(self.value_from_object(obj))

    def get_lookup(self, lookup_name: str) -> Any:
        """Sealed texts cannot be compared."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def formfield(self, **options: Any) -> Any:
        """Forms take a secret and never show it."""
        return SecretInput(label=options.get("label"), help_text=self.help_text)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Keep what is stored when nothing was typed."""
        if data:
            setattr(instance, self.attname, "" if data == FORGET else data)
