"""Collecting mail from a mailbox: stored first, and only then marked, moved or deleted there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.channels.adapters.away import NothingGiven, NotSettled
from apps.channels.adapters.imap import Session
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services.receiving import MailTooLarge, refuse_too_large, set_aside, store_mail
from apps.channels.states import Afterwards, Source
from apps.channels.types import MEGABYTE
from apps.core.db import locked
from apps.core.errors import DomainError, Unavailable
from apps.core.text import one_line

MOST_AT_ONCE = 50
MOST_BYTES_AT_ONCE = 10 * MEGABYTE
PATIENCE = 3
"""Rounds that one mail the server does not hand over may hold up those behind it."""


class NotHandedOver(Unavailable):
    """The next round asks again, until the mail is set aside."""

    message = "The server shows mail {uid} in {folder}, but does not hand it over."

    def __init__(self, *, uid: int, folder: str) -> None:
        self.uid = uid
        super().__init__(uid=uid, folder=folder)


class FolderReadElsewhere(Unavailable):
    """Two were reading one folder; whoever was first has stored the mails."""

    message = "Somebody else reads {folder} at the same time."


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One mail of a folder, with the reason if this is not all of it."""

    uid: int
    raw: bytes
    lack: str = ""


@dataclass(frozen=True, kw_only=True)
class Collected:
    """How many mails a batch stored, and whether more wait."""

    stored: int
    more: bool


def place_of(*, mailbox: Mailbox, folder: str) -> MailFolder:
    """Where the reading of a folder stands."""
    return MailFolder.objects.get_or_create(mailbox=mailbox, name=folder)[0]


def collect_batch(*, session: Session, folder: str, at: datetime) -> Collected:
    """Store the next mails of a folder, then do there what the mailbox says.

    Stops anywhere without harm: the position moves in the transaction that stores the mails, and
    what was not done to them afterwards is done by the next batch. A mail that cannot be taken
    whole is set aside and holds nobody up; nor does a server that hands over mails, and moves or
    marks none.
    """
    place = opened(session=session, place=place_of(mailbox=session.mailbox, folder=folder))
    unsettled = settle_folder(session=session, place=place)
    uids = session.uids(place.last_uid + 1)
    try:
        batch, last = fetched(session, place, uids)
    except NotHandedOver as error:
        note_kept_back(place=place, uid=error.uid)
        raise
    place = keep(place, batch, last=last, unsettled=unsettled, at=at)
    if unsettled is None and (refusal := settle_folder(session=session, place=place)):
        note_failure(mailbox=session.mailbox, folder=folder, error=refusal)
    return Collected(stored=len(batch), more=bool(uids) and last < uids[-1])


def opened(*, session: Session, place: MailFolder) -> MailFolder:
    """Select the folder; where it is another account's or its numbers are new, begin anew.

    Mails that were stored under the old numbers are found to be copies by their Message-ID.
    """
    uid_validity, account = session.select(place.name), account_of(session.mailbox)
    if (uid_validity, account) == (place.uid_validity, place.account):
        return place
    with transaction.atomic():
        place = locked(MailFolder, place.pk)
        place.generation += is_anothers(place, account)
        if is_anothers(place, account) or place.uid_validity != uid_validity:
            place.last_uid = place.settled_uid = place.kept_back_uid = place.kept_back = 0
        place.uid_validity, place.account = uid_validity, account
        place.save()
    return place


def account_of(mailbox: Mailbox) -> str:
    """Whose mails these are: the numbers of another account are of other mails."""
    return f"{mailbox.username} at {mailbox.host.lower()}:{mailbox.port}"


def is_anothers(place: MailFolder, account: str) -> bool:
    """Whether what was read so far was read of another account."""
    return place.account not in ("", account)


def fetched(session: Session, place: MailFolder, uids: list[int]) -> tuple[list[Taken], int]:
    """As many of the next mails as are stored at once, and the UID up to which they go."""
    some = uids[:MOST_AT_ONCE]
    sizes = session.sizes(some)
    batch: list[Taken] = []
    last, total = place.last_uid, 0
    for uid in some:
        if batch and total + sizes.get(uid, 0) > MOST_BYTES_AT_ONCE:
            break
        try:
            mail = take(session, place, uid, sizes.get(uid, 0))
        except (NotHandedOver, NothingGiven):
            if not batch:
                raise
            break
        if mail:
            batch.append(mail)
            total += len(mail.raw)
        last = uid
    return batch, last


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


@transaction.atomic
def keep(
    place: MailFolder,
    batch: Iterable[Taken],
    *,
    last: int,
    unsettled: NotSettled | None = None,
    at: datetime,
) -> MailFolder:
    """Store the mails together with the position behind them."""
    current = locked(MailFolder, place.pk)
    if position(current) != position(place):
        raise FolderReadElsewhere(folder=place.name)
    for taken in batch:
        store_taken(place=current, taken=taken, at=at)
    current.last_uid, current.read_at = last, at
    current.problem = one_line(str(unsettled or ""), 500)
    current.failures = current.failures + 1 if unsettled else 0
    current.save(update_fields=["last_uid", "read_at", "problem", "failures"])
    return current


def position(place: MailFolder) -> tuple[int, int, int]:
    """Up to where a folder is stored, and what that number means."""
    return place.generation, place.uid_validity, place.last_uid


def store_taken(*, place: MailFolder, taken: Taken, at: datetime) -> ReceivedMail:
    """Store one mail of a folder, or what could be had of it; the second time changes nothing."""
    inbox, origin = place.mailbox.inbox, origin_of(place, taken.uid)
    if taken.lack:
        return set_aside(raw=taken.raw, inbox=inbox, origin=origin, why=taken.lack, at=at)
    return store_mail(
        raw=taken.raw, inbox_address=inbox.address, source=Source.IMAP, origin=origin, at=at
    )


def settle_folder(*, session: Session, place: MailFolder) -> NotSettled | None:
    """Do to the stored mails what the mailbox says, from where this was done last.

    Only to mails that are here whole: the others are nowhere else. Returns why the server does
    it not, if so; the next batch tries again.
    """
    if place.settled_uid >= place.last_uid:
        return None
    if session.mailbox.afterwards != Afterwards.LEAVE:
        there = session.uids(place.settled_uid + 1, place.last_uid)
        try:
            do_afterwards(session, whole(place, there))
        except NotSettled as error:
            return error
    place.settled_uid = place.last_uid
    place.save(update_fields=["settled_uid"])
    return None


def do_afterwards(session: Session, uids: list[int]) -> None:
    mailbox = session.mailbox
    if mailbox.afterwards == Afterwards.SEEN:
        session.mark_seen(uids)
    elif mailbox.afterwards == Afterwards.MOVE:
        session.move(uids, mailbox.move_to)
    elif mailbox.afterwards == Afterwards.DELETE:
        session.delete(uids)


def whole(place: MailFolder, uids: list[int]) -> list[int]:
    """Those of the mails that are stored here with every byte."""
    origins = {origin_of(place, uid): uid for uid in uids}
    stored = ReceivedMail.objects.filter(origin__in=origins, is_partial=False)
    return sorted(origins[origin] for origin in stored.values_list("origin", flat=True) if origin)


def origin_of(place: MailFolder, uid: int) -> str:
    """The name of one mail of one folder, for as long as its account and its numbers hold."""
    account = f"{place.mailbox_id}.{place.generation}" if place.generation else place.mailbox_id
    return f"imap:{account}:{place.name}:{place.uid_validity}:{uid}"


@transaction.atomic
def note_kept_back(*, place: MailFolder, uid: int) -> MailFolder:
    """Count a round that ended at this mail: the server said yes, and handed nothing over."""
    place = locked(MailFolder, place.pk)
    place.kept_back = place.kept_back + 1 if place.kept_back_uid == uid else 1
    place.kept_back_uid = uid
    place.save(update_fields=["kept_back", "kept_back_uid"])
    return place


@transaction.atomic
def note_failure(*, mailbox: Mailbox, folder: str, error: DomainError) -> MailFolder:
    """Write down why a round over a folder broke off, for the admin and the doctor."""
    place = locked(MailFolder, place_of(mailbox=mailbox, folder=folder).pk)
    place.problem, place.failures = one_line(str(error), 500), place.failures + 1
    place.save(update_fields=["problem", "failures"])
    return place
