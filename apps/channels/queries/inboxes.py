"""How inboxes stand: when mail came last, what is held, and how far each folder was read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.channels.models import Inbox, Mailbox, MailFolder, ReceivedMail
from apps.channels.states import Outcome
from apps.coordination.queries import is_alive
from apps.core.moments import Moment, moment
from apps.core.text import many

STALE = timedelta(minutes=15)
"""Readers that are told of mail look again at least this often."""
SILENCE = timedelta(seconds=30)
"""A collector that lives gives a sign of it every few seconds."""
MOST_HELD = 1000


@dataclass(frozen=True, kw_only=True)
class FolderState:
    """How reading a folder stands, in words."""

    name: str
    tone: str
    says: str
    read: Moment | None
    compared: str


@dataclass(frozen=True, kw_only=True)
class MailboxState:
    """How a mailbox stands: in one word, then folder by folder."""

    tone: str
    word: str
    folders: list[FolderState]


@dataclass(frozen=True, kw_only=True)
class InboxState:
    """What is worth knowing of an inbox before one changes it."""

    last: ReceivedMail | None
    held: int
    advice: list[str]


def inbox_state(inbox: Inbox) -> InboxState:
    """How an inbox stands, and what to do about it."""
    last = ReceivedMail.objects.filter(inbox=inbox).order_by("-pk").first()
    held = ReceivedMail.objects.filter(outcome=Outcome.QUARANTINED, inbox=inbox).order_by()
    return InboxState(last=last, held=held[:MOST_HELD].count(), advice=advice(inbox, last))


def advice(inbox: Inbox, last: ReceivedMail | None) -> list[str]:
    """Sentences about what an admin should do; none where all is well."""
    found = []
    if not inbox.is_active:
        found.append("It is switched off: mail to it goes to the default inbox, or nowhere.")
    if not Inbox.objects.filter(is_default=True, is_active=True).exists():
        found.append("No inbox is the default one: mail that names none of them has no inbox.")
    if inbox.is_active and last is None and not inbox.mailboxes.filter(is_active=True).exists():
        found.append(
            "No mail has come yet, and none is fetched: add a mailbox below, or have your mail "
            "server deliver by LMTP, or a provider by webhook."
        )
    return found


def mailbox_state(mailbox: Mailbox, *, at: datetime) -> MailboxState:
    """How reading a mailbox goes."""
    if not mailbox.is_active:
        return MailboxState(tone="", word="switched off", folders=[])
    places = {place.name: place for place in mailbox.places.all()}
    folders = [
        folder_state(name, places[name], at=at) if name in places else unread(name)
        for name in mailbox.folder_names
    ]
    tones = [folder.tone for folder in folders]
    if "bad" in tones:
        return MailboxState(tone="bad", word="in trouble", folders=folders)
    if "warn" in tones:
        return MailboxState(tone="warn", word="not read now", folders=folders)
    return MailboxState(tone="good", word="is read", folders=folders)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A folder that was held against what came from it."""

    place: str
    at: Moment | None
    says: str
    lacks: bool


def comparisons(*, at: datetime) -> list[Compared]:
    """Every folder that is read, with what reconciling it has shown last."""
    read = Mailbox.objects.filter(is_active=True).prefetch_related("places")
    places = [
        place
        for mailbox in read
        for place in mailbox.places.all()
        if place.name in mailbox.folder_names
    ]
    return [
        Compared(
            place=f"{place.name} of {place.mailbox}",
            at=moment(place.compared_at, at=at) if place.compared_at else None,
            says=compared(place),
            lacks=bool(place.missing),
        )
        for place in places
    ]


def unread(name: str) -> FolderState:
    """A folder that nobody has opened yet."""
    if is_alive("collector", within=SILENCE):
        says = "Not read yet. It will be tried within seconds."
    else:
        says = "Not read yet, for nothing collects mail: start manage.py collect_mail."
    return FolderState(name=name, tone="warn", says=says, read=None, compared="")


def folder_state(name: str, place: MailFolder, *, at: datetime) -> FolderState:
    """A folder: its problem if there is one, else how far it was read."""
    if place.problem:
        times = f" It failed {place.failures} times in a row." if place.failures > 1 else ""
        tone, says = "bad", f"{place.problem}{times} It is tried again by itself."
    elif place.read_at is None or at - place.read_at > STALE:
        tone = "warn"
        says = "Nobody reads it just now: is the collector running (manage.py collect_mail)?"
    else:
        tone, says = "good", f"Read up to mail {place.last_uid:,}."
    read = moment(place.read_at, at=at) if place.read_at else None
    return FolderState(name=name, tone=tone, says=says, read=read, compared=compared(place))


def compared(place: MailFolder) -> str:
    """What holding it against the mailbox itself has shown."""
    if place.compared_at is None:
        return ""
    if place.missing:
        lie = "lies there and is" if place.missing == 1 else "lie there and are"
        return (
            f"{place.missing:,} of {many(place.lying, 'mail')} {lie} not here: run "
            "manage.py reconcile --again."
        )
    waits = f", {place.waiting:,} of them not read yet" if place.waiting else ""
    lay = many(place.lying, "mail lay", "mails lay")
    return f"{lay} there{waits}; none was missing here."
