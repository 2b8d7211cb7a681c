"""Contacts and notes as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """Somebody the CRM may not know yet."""

    email: str
    name: str = ""
    company: str = ""


@dataclass(frozen=True, kw_only=True)
class NewNote:
    """What is to stand at a contact. The reference is the same however often it is pushed."""

    contact: str
    text: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """A contact as its CRM has it; what the CRM does not tell is empty."""

    connection: str
    external_id: str
    email: str = ""
    name: str = ""
    company: str = ""
    tier: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    updated_at: datetime | None = None
    connection_name: str = ""
    fetched_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NoteFacts:
    """A note of ours, and whether the CRM has it."""

    connection: str
    connection_name: str
    about: str
    kind: str
    state: str
    external_id: str
    error: str
    text: str
    created_at: datetime
