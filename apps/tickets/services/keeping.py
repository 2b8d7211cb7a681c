"""How tickets and files are kept: locks, versions, previews, stored content."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.errors import Stale
from apps.core.files import found_type, why_blocked
from apps.core.text import file_name, one_line
from apps.tickets.events import FilesArrived
from apps.tickets.models import Attachment, Message, Ticket
from apps.tickets.states import MessageKind, Verdict
from apps.tickets.types import NewAttachment, NewMessage


def hold_ticket(ticket_id: int, *, version: int | None = None) -> Ticket:
    """Lock a ticket. Raises Stale when the caller saw an older version of it."""
    ticket = locked(Ticket, ticket_id)
    if version is not None and version != ticket.version:
        raise Stale(thing=str(ticket), version=ticket.version)
    return ticket


def change_of(ticket: Ticket, *, at: datetime) -> dict[str, Any]:
    """What every event of a change says: whose it is, the version it leads to, and when."""
    return {"ticket_id": ticket.pk, "version": ticket.version + 1, "at": at}


def save_ticket(ticket: Ticket, *fields: str, at: datetime) -> None:
    """Save what changed, as a new version; its events say so by ``change_of``."""
    ticket.version += 1
    ticket.updated_at = at
    ticket.save(update_fields=[*fields, "version", "updated_at"])


def spoke(ticket: Ticket, message: Message) -> tuple[str, ...]:
    """Note on the ticket that a message was added; returns the fields that changed."""
    ticket.last_message_at = message.created_at
    ticket.last_message_kind = message.kind
    ticket.preview = one_line(message.visible or message.text, 160)
    return ("last_message_at", "last_message_kind", "preview")


def keep_attachments(message: Message, files: Iterable[NewAttachment]) -> None:
    """Store files by the hash of their content; the same content is stored once.

    Of content that was stored before nothing is asked here, where the ticket is locked. Files that
    came from outside and must be checked first wait for that.
    """
    waits = False
    for new in stored(files):
        name = file_name(new.name, 200)
        declared = one_line(new.content_type, 100) or "application/octet-stream"
        verdict, note = first_verdict(message, name, new.data)
        attachment = Attachment(
            message=message,
            name=name,
            content_type=declared,
            content_id=one_line(new.content_id, 200),
            found_type=found_type(new.data, name=name, declared=declared)[:100],
            verdict=verdict,
            verdict_note=note,
            size=len(new.data),
            sha256=hashlib.sha256(new.data).hexdigest(),
            file=new.lies_at,
        )
        attachment.save()
        waits = waits or verdict == Verdict.WAITING
    if waits:
        publish(FilesArrived(message_id=message.pk))


def first_verdict(message: Message, name: str, data: bytes) -> tuple[Verdict, str]:
    """What is known of a file when it arrives, and why; what agents send is theirs."""
    if message.kind != MessageKind.INCOMING:
        return Verdict.UNCHECKED, ""
    if why := why_blocked(name, data, types=settings.BLOCKED_FILE_TYPES):
        return Verdict.BLOCKED, why
    return (Verdict.WAITING if settings.CLAMD_URL else Verdict.UNCHECKED), ""


def with_content_stored(message: NewMessage) -> NewMessage:
    """A message whose files are stored already."""
    return replace(message, attachments=stored(message.attachments))


def stored(files: Iterable[NewAttachment]) -> tuple[NewAttachment, ...]:
    """Files with their content stored: to be called before a ticket is locked."""
    return tuple(
        replace(file, lies_at=file.lies_at or store_content(data=file.data)) for file in files
    )


def store_content(*, data: bytes) -> str:
    """Write content to the place that its hash names, unless it is there; returns the place.

    A storage may be slow, so this is done before anything is locked. Nothing refers to the content
    until a row does: who dies in between, or is refused, leaves what nobody sees and what the next
    try finds there. Two at once write the same bytes to the same place.
    """
    field: Any = Attachment(sha256=hashlib.sha256(data).hexdigest()).file
    name: str = field.field.generate_filename(field.instance, "")
    if field.storage.exists(name) and field.storage.size(name) == len(data):
        return name
    place: str = field.storage.save(name, ContentFile(data), max_length=field.field.max_length)
    return place
