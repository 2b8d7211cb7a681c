"""Trying a mailbox, or the way out, as it is set up, and saying in words how that went."""

import threading
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, make_msgid

from django.core.mail import EmailMessage, get_connection
from django.db import connection

from apps.channels.adapters.away import (
    CertificateRefused,
    FolderMissing,
    HostUnknown,
    MailboxAway,
    NothingGiven,
    NoTls,
    SignInRefused,
    TokenNotTaken,
)
from apps.channels.adapters.imap import Session
from apps.channels.adapters.outbox import OutboxBackend
from apps.channels.adapters.smtp import hand_over
from apps.channels.adapters.tokens import ClientRefused, ConsentWithdrawn, TokenAddressWrong
from apps.channels.models import Inbox, Mailbox
from apps.channels.services.composing import desk_at, marks
from apps.channels.services.connecting import connected
from apps.channels.states import Afterwards
from apps.core.errors import DomainError, NotFound
from apps.core.text import many

FEW_SECONDS = 10.0
MOST_SECONDS = 25.0
"""For whoever waits for the answer in a browser, however slowly a server speaks."""
WORKS = "It works: "


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How a try went, what is said of it, and which setting is at fault, if that is known."""

    works: bool
    says: str
    field: str = ""


class TargetMissing(FolderMissing):
    """The folder that mails should be moved to is not there."""


AT_FAULT: tuple[tuple[type[DomainError], str], ...] = (
    (TargetMissing, "move_to"),
    (FolderMissing, "folders"),
    (HostUnknown, "host"),
    (CertificateRefused, "host"),
    (NoTls, "security"),
    (NothingGiven, ""),
    (MailboxAway, "port"),
    (ConsentWithdrawn, ""),
    (ClientRefused, "client_id"),
    (TokenNotTaken, "username"),
    (TokenAddressWrong, "token_url"),
    (SignInRefused, "password"),
)
"""The first kind that an error is of says where to look; nowhere where another server is."""


def try_in_time(*, mailbox_id: int, seconds: float = MOST_SECONDS) -> Tried:
    """Try a mailbox, and wait no longer than this for what comes of it. Raises NotFound."""
    if not Mailbox.objects.filter(pk=mailbox_id).exists():
        raise NotFound(thing="mailbox", key=mailbox_id)
    said: list[Tried] = []

    def try_it() -> None:
        try:
            said.append(tried_mailbox(mailbox_id=mailbox_id))
        finally:
            connection.close()

    trying = threading.Thread(target=try_it, name=f"try mailbox {mailbox_id}", daemon=True)
    trying.start()
    trying.join(seconds)
    if not said and not trying.is_alive():
        return Tried(works=False, says="It broke off: the log of the web process says why.")
    if not said:
        slow = f"It was not done after {seconds:.0f} s: the server speaks too slowly. Try again."
        return Tried(works=False, says=slow)
    return said[0]


def try_outgoing(*, inbox_id: int, to: str, at: datetime) -> Tried:
    """Send somebody who works here one mail as replies of this inbox leave. Raises NotFound."""
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    if inbox is None:
        raise NotFound(thing="inbox", key=inbox_id)
    mail = EmailMessage(
        subject=f"Test from {inbox}",
        body=f"Replies of the inbox {inbox} leave like this mail.\n",
        from_email=desk_at(inbox.address).sent_from,
        to=[to],
        headers={
            "Message-ID": make_msgid(domain=inbox.address.rpartition("@")[2]),
            "Date": format_datetime(at),
            **marks("auto-generated"),
        },
    )
    try:
        outcome = hand_over(mail, timeout=FEW_SECONDS)
    except DomainError as error:
        return Tried(works=False, says=str(error))
    if not outcome.sent:
        return Tried(works=False, says=f"The mail server refuses it: {outcome.error}")
    if isinstance(get_connection(), OutboxBackend):
        says = "It lies in var/outbox as a file: EMAIL_URL names no mail server yet."
        return Tried(works=True, says=says)
    return Tried(works=True, says=f"{WORKS}the mail server took a mail from {inbox} to {to}.")


def try_mailbox(*, mailbox_id: int) -> str:
    """Sign in, look for its folders, and say what is wrong or how it is read. Changes nothing."""
    return tried_mailbox(mailbox_id=mailbox_id).says


def tried_mailbox(*, mailbox_id: int) -> Tried:
    """The same, and which setting is at fault. Raises NotFound."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id).select_related("inbox").first()
    if mailbox is None:
        raise NotFound(thing="mailbox", key=mailbox_id)
    try:
        with connected(mailbox=mailbox, timeout=FEW_SECONDS) as session:
            return Tried(works=True, says=_seen(session, mailbox))
    except DomainError as error:
        field = next((name for kind, name in AT_FAULT if isinstance(error, kind)), "")
        return Tried(works=False, says=str(error), field=field)


def _seen(session: Session, mailbox: Mailbox) -> str:
    """What was found; raises FolderMissing for the first folder that is not there."""
    there = session.folders()
    if mailbox.afterwards == Afterwards.MOVE and mailbox.move_to not in there:
        raise TargetMissing.among(mailbox.move_to, there)
    counts = []
    for folder in mailbox.folder_names:
        session.select(folder, readonly=True)
        counts.append(f"{folder} has {many(len(session.uids(1)), 'mail')}")
    inbox = "" if mailbox.inbox.is_active else f" Its inbox {mailbox.inbox} is switched off."
    how = (
        "The server tells at once when mail arrives."
        if session.can_idle
        else "The server does not tell when mail arrives, so it is asked every minute."
    )
    return f"{WORKS}{', '.join(counts)}. {how}{inbox}"
