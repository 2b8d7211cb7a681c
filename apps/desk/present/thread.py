"""The conversation: messages with what happened between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from apps.core.moments import Moment, moment
from apps.desk.present.deliveries import DeliveryView, Reader, delivery_view, recipients
from apps.desk.present.happenings import (
    Happening,
    Happenings,
    Names,
    happening,
    without_undone,
)
from apps.desk.present.people import Face, face
from apps.desk.queries.tickets import Story
from apps.tickets.models import Attachment, Message
from apps.tickets.states import Delivery, MessageKind, Verdict

KINDS = {
    MessageKind.INCOMING: "customer",
    MessageKind.OUTGOING: "ours",
    MessageKind.NOTE: "note",
}

LONGEST = 20_000
"""More text than this of one message is only in its original."""

SHORT_MAIL, LONG_MAIL = 1000, 5000
"""Bytes of HTML up to which a mail's layout gets a low frame, and a middling one."""

CALENDARS = ("text/calendar", "application/ics")
SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
SEALS = {
    "application/pkcs7-mime": "encrypted or signed, cannot be read here",
    "application/x-pkcs7-mime": "encrypted or signed, cannot be read here",
    "application/pgp-encrypted": "encrypted, cannot be read here",
    "application/pgp-signature": "signature, not checked",
    **dict.fromkeys(SIGNATURES, "signature, not checked"),
    **dict.fromkeys(CALENDARS, "invitation"),
    "application/ms-tnef": "packed by Outlook",
    "application/vnd.ms-tnef": "packed by Outlook",
}


@dataclass(frozen=True, kw_only=True)
class FileView:
    """An attachment; without an address it is kept back, and the note says why."""

    name: str
    size: str
    url: str
    icon: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """One message."""

    id: int
    kind: str
    author: Face
    address: str
    at: Moment
    paragraphs: list[str]
    cut: bool
    quoted: str
    attachments: list[FileView]
    original_url: str
    layout_url: str
    layout_size: str
    delivery: DeliveryView | None
    is_withdrawn: bool = False
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A message, or what happened between two messages."""

    message: MessageView | None = None
    happenings: Happenings | None = None


def thread(story: Story, reader: Reader, *, problem: tuple[int, str]) -> list[Entry]:
    """Put messages and events in the order in which they came about.

    The problem is what could not be done with one of the messages.
    """
    at = reader.at
    names = Names(people=story.people, teams=story.teams)
    start = story.messages[0].created_at if story.messages and story.earlier else None
    told: list[tuple[datetime, int, MessageView | Happening]] = [
        (message.created_at, 0, message_view(message, reader, problem=problem))
        for message in story.messages
    ]
    for event in without_undone(story.events):
        said = happening(event, names, at=at)
        if said and (start is None or event.at >= start):
            told.append((event.at, event.seq, said))
    told.sort(key=lambda each: (each[0], each[1]))
    return list(folded(told))


def folded(told: list[tuple[datetime, int, MessageView | Happening]]) -> Iterator[Entry]:
    """Gather what happened between two messages."""
    for is_message, group in groupby(told, key=lambda each: isinstance(each[2], MessageView)):
        things = list(group)
        if is_message:
            yield from (Entry(message=thing) for *_, thing in things)  # type: ignore[arg-type]
        else:
            happened = [thing for *_, thing in things if isinstance(thing, Happening)]
            yield Entry(happenings=Happenings(id=things[0][1], all=happened))


def message_view(
    message: Message, reader: Reader, *, problem: tuple[int, str] = (0, "")
) -> MessageView:
    """Show one message; its author, customer and attachments are already there."""
    body, quoted = parts(message)
    shown = body[:LONGEST]
    return MessageView(
        id=message.pk,
        kind=KINDS[MessageKind(message.kind)],
        author=face(writer(message)),
        address=address(message),
        at=moment(message.created_at, at=reader.at),
        paragraphs=[part.strip("\n") for part in shown.split("\n\n") if part.strip()],
        cut=len(shown) < len(body),
        quoted=quoted[:LONGEST],
        attachments=[file_view(file, message) for file in message.attachments.all()],
        original_url=original_url(message),
        layout_url=layout_url(message),
        layout_size=layout_size(html_bytes(message)),
        delivery=delivery_view(message, reader),
        is_withdrawn=message.delivery == Delivery.WITHDRAWN,
        problem=problem[1] if problem[0] == message.pk else "",
    )


def parts(message: Message) -> tuple[str, str]:
    """What was newly written, and the rest: quoted history and signature."""
    body = message.visible or message.text
    if message.text.startswith(body):
        return body, message.text[len(body) :].strip()
    return body, "" if message.text.strip() == body.strip() else message.text


def writer(message: Message) -> str:
    """The name of who wrote it."""
    return str(message.author or message.customer or "The desk")


def address(message: Message) -> str:
    """The address it came from, or goes to."""
    if message.kind == MessageKind.INCOMING:
        return message.customer.email if message.customer else ""
    way = "automatically to" if message.is_automatic else "to"
    return f"{way} {recipients(message)}" if message.to else ""


def original_url(message: Message) -> str:
    """Where the whole mail is, for what came from outside."""
    if message.kind != MessageKind.INCOMING:
        return ""
    return reverse("desk:original", args=[message.ticket_id, message.pk])


def layout_url(message: Message) -> str:
    """Where the mail is as its sender laid it out, if it came as HTML."""
    if message.kind != MessageKind.INCOMING or not html_bytes(message):
        return ""
    return reverse("desk:layout", args=[message.ticket_id, message.pk])


def html_bytes(message: Message) -> int:
    """How long a message's HTML is, where that was read with it."""
    return getattr(message, "html_bytes", 0)


def layout_size(length: int) -> str:
    """How high the frame of a mail is, guessed from its HTML: a cage does not tell its height."""
    return "s" if length < SHORT_MAIL else "m" if length < LONG_MAIL else "l"


def file_view(file: Attachment, message: Message) -> FileView:
    """Show an attachment, as far as it is handed out."""
    why, size = file.why_withheld, filesizeformat(file.size)
    if why:
        is_waiting = file.verdict == Verdict.WAITING
        icon, tone = ("clock", "") if is_waiting else ("shield-alert", "bad")
        return FileView(name=file.name, size=size, url="", icon=icon, note=why, tone=tone)
    is_dated = file.content_type in CALENDARS
    unchecked = file.verdict == Verdict.UNREADABLE
    return FileView(
        name=file.name,
        size=size,
        url=reverse("desk:attachment", args=[message.ticket_id, file.pk]),
        icon="calendar" if is_dated else "paperclip",
        note="could not be checked for viruses" if unchecked else SEALS.get(file.content_type, ""),
        tone="warn" if unchecked else "",
    )
