"""Taking one mail out of a mailbox, or what can be had of it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from apps.channels.adapters.imap import Session
from apps.channels.models import MailFolder
from apps.channels.services.receiving import MailTooLarge, refuse_too_large
from apps.channels.types import MEGABYTE
from apps.core.errors import DomainError, Unavailable

PATIENCE = 3
"""Rounds that one mail the server does not hand over may hold up those behind it."""
PATIENCE_WITH_LINES = 6
"""The same where the connection broke at it each time: networks do that to any mail."""
MOST_PROBES = 6
"""Other mails that are asked for before a server counts as away."""
MOST_REFUSED = 3
"""Mails whose size was asked for in vain, until none is asked for any more."""


class NotHandedOver(Unavailable):
    """The next round asks again, until the mail is set aside."""

    message = "The server shows mail {uid} in {folder}, but does not hand it over."

    def __init__(self, *, uid: int, folder: str) -> None:
        self.uid = uid
        super().__init__(uid=uid, folder=folder)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One mail of a folder, with the reason if this is not all of it."""

    uid: int
    raw: bytes
    lack: str = ""


def sizes_of(session: Session, uids: Sequence[int]) -> dict[int, int]:
    """How many bytes each mail has, as far as the server says it; one by one if need be."""
    try:
        return session.sizes(uids)
    except DomainError:
        session.revive()
    found: dict[int, int] = {}
    refused = 0
    for uid in uids:
        try:
            found |= session.sizes([uid])
        except DomainError:
            session.revive()
            refused += 1
        if refused == MOST_REFUSED:
            break
    return found


def take(session: Session, place: MailFolder, uid: int, size: int) -> Taken | None:
    """One mail, or what can be had of it; None if somebody removed it meanwhile.

    Raises NotHandedOver where this mail is at fault, and what the server did where that is: it
    gives no other mail either. The session goes on after both.
    """
    patience = PATIENCE
    try:
        taken = whole_or_head(session, place, uid, size)
        if taken or not session.uids(uid, uid):
            return taken
    except DomainError:
        if session.revive():
            patience = PATIENCE_WITH_LINES
        if not gives_another(session, uid):
            raise
    kept_back = NotHandedOver(uid=uid, folder=place.name)
    if place.kept_back_uid != uid or place.kept_back < patience:
        raise kept_back
    return Taken(uid=uid, raw=b"", lack=left_there(str(kept_back), place))


def whole_or_head(session: Session, place: MailFolder, uid: int, size: int) -> Taken | None:
    """The mail, or its headers if it is too large; None if the server has nothing.

    Of a mail whose size is not known no more is fetched than shows that it is too large.
    """
    most = session.mailbox.inbox.most_megabytes
    try:
        refuse_too_large(size, most=most)
        raw = session.raw(uid, most=0 if size else most * MEGABYTE + 1)
        refuse_too_large(len(raw or b""), most=most)
    except MailTooLarge as error:
        head = session.raw(uid, headers_only=True) or b""
        return Taken(uid=uid, raw=head[:MEGABYTE], lack=left_there(str(error), place))
    return None if raw is None else Taken(uid=uid, raw=raw)


def gives_another(session: Session, uid: int) -> bool:
    """Whether the server hands over any of the mails behind one: then it is not away."""
    for other in probes(session.uids(uid + 1)):
        try:
            if session.gives(other):
                return True
        except DomainError:
            session.revive()
    return False


def probes(uids: Sequence[int]) -> list[int]:
    """The newest mail, the next one, and others by chance: bad ones often lie together."""
    if not uids:
        return []
    by_chance = random.sample(uids, min(len(uids), MOST_PROBES))
    return list(dict.fromkeys([uids[-1], uids[0], *by_chance]))[:MOST_PROBES]


def left_there(problem: str, place: MailFolder) -> str:
    return (
        f"{problem} It stays in {place}: open it there, "
        "or take it in by manage.py reconcile --again once it can be had."
    )
