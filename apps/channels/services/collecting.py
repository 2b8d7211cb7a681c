"""Collecting mail from a mailbox: stored first, and only then marked, moved or deleted there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.channels.adapters.imap import Session
from apps.channels.models import MailFolder, ReceivedMail
from apps.channels.services.places import (
    note_failure,
    note_kept_back,
    opened,
    origin_of,
    place_of,
    position,
)
from apps.channels.services.receiving import set_aside, store_mail
from apps.channels.services.taking import NotHandedOver, Taken, sizes_of, take
from apps.channels.services.tidying import settle_folder
from apps.channels.states import Source
from apps.channels.types import MEGABYTE
from apps.core.db import locked
from apps.core.errors import DomainError, Unavailable

MOST_AT_ONCE = 50
MOST_BYTES_AT_ONCE = 10 * MEGABYTE


class FolderReadElsewhere(Unavailable):
    """Two were reading one folder; whoever was first has stored the mails."""

    message = "Somebody else reads {folder} at the same time."


@dataclass(frozen=True, kw_only=True)
class Collected:
    """How many mails a batch stored, and whether more wait."""

    stored: int
    more: bool


def collect_batch(*, session: Session, folder: str, at: datetime) -> Collected:
    """Store the next mails of a folder, then do there what the mailbox says.

    Stops anywhere without harm: the position moves in the transaction that stores the mails, and
    what was not done to them afterwards is done by the next batch. A mail that cannot be taken
    whole is set aside and holds nobody up; nor does a server that hands over mails, and moves or
    marks none.
    """
    place = opened(session=session, place=place_of(mailbox=session.mailbox, folder=folder))
    uids = session.uids(place.last_uid + 1)
    try:
        batch, last = fetched(session, place, uids)
    except NotHandedOver as error:
        note_kept_back(place=place, uid=error.uid)
        raise
    place = keep(place, batch, last=last, at=at)
    refusal = settle_folder(session=session, place=place)
    if refusal:
        note_failure(mailbox=session.mailbox, folder=folder, error=refusal)
    is_behind = place.settled_uid < place.last_uid and not refusal
    return Collected(stored=len(batch), more=is_behind or (bool(uids) and last < uids[-1]))


def fetched(session: Session, place: MailFolder, uids: list[int]) -> tuple[list[Taken], int]:
    """As many of the next mails as are stored at once, and the UID up to which they go."""
    some = uids[:MOST_AT_ONCE]
    sizes = sizes_of(session, some)
    batch: list[Taken] = []
    last, total = place.last_uid, 0
    for uid in some:
        if batch and total + sizes.get(uid, 0) > MOST_BYTES_AT_ONCE:
            break
        try:
            mail = take(session, place, uid, sizes.get(uid, 0))
        except DomainError:
            if not batch:
                raise
            break
        if mail:
            batch.append(mail)
            total += len(mail.raw)
        last = uid
    return batch, last


@transaction.atomic
def keep(place: MailFolder, batch: Iterable[Taken], *, last: int, at: datetime) -> MailFolder:
    """Store the mails together with the position behind them."""
    current = locked(MailFolder, place.pk)
    if position(current) != position(place):
        raise FolderReadElsewhere(folder=place.name)
    for taken in batch:
        store_taken(place=current, taken=taken, at=at)
    if current.settled_uid >= current.last_uid:  # else what is said of the mails before holds
        current.problem, current.failures = "", 0
    current.last_uid, current.read_at = last, at
    current.save(update_fields=["last_uid", "read_at", "problem", "failures"])
    return current


def store_taken(*, place: MailFolder, taken: Taken, at: datetime) -> ReceivedMail:
    """Store one mail of a folder, or what could be had of it; the second time changes nothing."""
    inbox, origin = place.mailbox.inbox, origin_of(place, taken.uid)
    if taken.lack:
        return set_aside(raw=taken.raw, inbox=inbox, origin=origin, why=taken.lack, at=at)
    return store_mail(
        raw=taken.raw, inbox_address=inbox.address, source=Source.IMAP, origin=origin, at=at
    )
