"""Taking one mail out of a mailbox, or what can be had of it."""

from dataclasses import dataclass

from apps.channels.adapters.away import NothingGiven
from apps.channels.adapters.imap import Session
from apps.channels.models import MailFolder
from apps.channels.services.receiving import MailTooLarge, refuse_too_large
from apps.channels.types import MEGABYTE
from apps.core.errors import Unavailable

PATIENCE = 3
"""Rounds that one mail the server does not hand over may hold up those behind it."""


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


def take(session: Session, place: MailFolder, uid: int, size: int) -> Taken | None:
    """One mail, or what can be had of it; None if somebody removed it meanwhile."""
    most = session.mailbox.inbox.most_megabytes
    try:
        refuse_too_large(size, most=most)
        raw = handed_over(session, uid)
        refuse_too_large(len(raw or b""), most=most)
    except MailTooLarge as error:
        head = session.raw(uid, headers_only=True) or b""
        return Taken(uid=uid, raw=head[:MEGABYTE], lack=left_there(str(error), place))
    if raw is not None:
        return Taken(uid=uid, raw=raw)
    if not session.uids(uid, uid):
        return None
    kept_back = NotHandedOver(uid=uid, folder=place.name)
    if place.kept_back_uid != uid or place.kept_back < PATIENCE:
        raise kept_back
    return Taken(uid=uid, raw=b"", lack=left_there(str(kept_back), place))


def handed_over(session: Session, uid: int) -> bytes | None:
    """The mail; None if the server has nothing, or says no to this one and gives the next.

    Where it gives no other mail either it is the server that is at fault: raises NothingGiven.
    """
    try:
        return session.raw(uid)
    except NothingGiven:
        behind = session.uids(uid + 1)
        if not behind or not session.gives(behind[0]):
            raise
    return None


def left_there(problem: str, place: MailFolder) -> str:
    return (
        f"{problem} It stays in {place}: open it there, "
        "or take it in by manage.py reconcile --again once it can be had."
    )
