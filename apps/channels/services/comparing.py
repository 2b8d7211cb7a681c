"""Holding what lies in a mailbox against what was received from it, however long ago."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.channels.adapters.away import NotSettled
from apps.channels.adapters.imap import Session
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services import tidying
from apps.channels.services.collecting import store_taken
from apps.channels.services.connecting import connected
from apps.channels.services.places import (
    account_of,
    is_anothers,
    note_failure,
    origin_of,
    place_of,
)
from apps.channels.services.receiving import take_whole
from apps.channels.services.taking import Taken, sizes_of, take
from apps.channels.services.tidying import do_afterwards, whole
from apps.channels.states import Outcome
from apps.core.db import locked
from apps.core.errors import DomainError

AT_ONCE = 1_000
MOST_NAMED = 100
"""Missing mails that are written down by their numbers; of more only the sum is kept."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A folder as it lies there, beside what is here."""

    folder: str
    lying: int
    waiting: int
    missing: tuple[int, ...]
    taken: int = 0
    in_part: int = 0


def compare_mailbox(*, mailbox: Mailbox, again: bool = False, at: datetime) -> list[Comparison]:
    """Compare each folder of a mailbox that is read, over a session of its own.

    With ``again`` what is missing is taken in once more, and what is here in part is taken whole
    if that can be had by now. Raises what `connected` raises, and
    FolderMissing.
    """
    with connected(mailbox=mailbox) as session:
        return [
            compare_folder(session=session, folder=name, again=again, at=at)
            for name in mailbox.folder_names
        ]


def compare_folder(
    *, session: Session, folder: str, again: bool = False, at: datetime
) -> Comparison:
    """Find the mails that lie there, should be here by our position, and are not.

    A folder of another account, or whose numbers are new ones, is not read yet: all of it waits.
    """
    place = place_of(mailbox=session.mailbox, folder=folder)
    is_known = session.select(folder, readonly=not again) == place.uid_validity
    is_known = is_known and not is_anothers(place, account_of(session.mailbox))
    there = session.uids(1)
    read = [uid for uid in there if is_known and uid <= place.last_uid]
    missing = [uid for some in pieces(read) for uid in absent(place, some)]
    in_part = [uid for some in pieces(read) for uid in partial(place, some)]
    taken = take_again(session, place, missing, at) if again else set()
    completed = complete(session, place, in_part, at) if again else set()
    still = [uid for uid in missing if uid not in taken]
    waiting = len(there) - len(read)
    keep_comparison(place=place, lying=len(there), waiting=waiting, missing=still, at=at)
    return Comparison(
        folder=folder,
        lying=len(there),
        waiting=waiting,
        missing=tuple(still),
        taken=len(taken) + len(completed),
        in_part=len(in_part) - len(completed),
    )


def pieces(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The numbers, so many at once."""
    for first in range(0, len(uids), AT_ONCE):
        yield uids[first : first + AT_ONCE]


def absent(place: MailFolder, uids: Sequence[int]) -> list[int]:
    """Those of the mails that are not here, neither whole nor in part."""
    origins = {origin_of(place, uid): uid for uid in uids}
    known = ReceivedMail.objects.filter(origin__in=origins).values_list("origin", flat=True)
    here = set(known)
    return [uid for origin, uid in origins.items() if origin not in here]


def partial(place: MailFolder, uids: Sequence[int]) -> list[int]:
    """Those of the mails of which only a part is here, in quarantine."""
    origins = {origin_of(place, uid): uid for uid in uids}
    lying = ReceivedMail.objects.filter(
        origin__in=origins, is_partial=True, outcome=Outcome.QUARANTINED
    )
    return sorted(origins[origin] for origin in lying.values_list("origin", flat=True) if origin)


def taken_of(
    session: Session, place: MailFolder, uids: Iterable[int]
) -> Iterator[tuple[int, Taken | None]]:
    """Those of the mails that can be had, one after the other; nothing for one that is gone."""
    for uid in uids:
        try:
            mail = take(session, place, uid, sizes_of(session, [uid]).get(uid, 0))
        except DomainError:
            session.revive()
        else:
            yield uid, mail


def take_again(session: Session, place: MailFolder, uids: Sequence[int], at: datetime) -> set[int]:
    """Store what is missing, one mail after the other, and do there what the mailbox says."""
    done = set()
    for uid, mail in taken_of(session, place, uids):
        if mail:
            store_taken(place=place, taken=mail, at=at)
        done.add(uid)
    settle(session, place, done)
    return done


def complete(session: Session, place: MailFolder, uids: Sequence[int], at: datetime) -> set[int]:
    """Take those mails whole that are here in part and can be had by now."""
    done = set()
    for uid, mail in taken_of(session, place, uids):
        if mail and not mail.lack:
            took = take_whole(origin=origin_of(place, uid), raw=mail.raw, at=at)
            done |= {uid} if took else set()
    settle(session, place, done)
    return done


def settle(session: Session, place: MailFolder, uids: set[int]) -> None:
    """Do there what the mailbox says; where the server does not, they are here all the same."""
    try:
        for some in tidying.pieces(sorted(uids)):
            do_afterwards(session, whole(place, some))
    except NotSettled as error:
        note_failure(mailbox=session.mailbox, folder=place.name, error=error)


@transaction.atomic
def keep_comparison(
    *, place: MailFolder, lying: int, waiting: int, missing: Sequence[int], at: datetime
) -> MailFolder:
    """Write down how a comparison ended, for the admin and the doctor."""
    place = locked(MailFolder, place.pk)
    place.compared_at, place.lying, place.waiting = at, lying, waiting
    place.missing, place.missing_uids = len(missing), list(missing[:MOST_NAMED])
    fields = ["compared_at", "lying", "waiting", "missing", "missing_uids"]
    place.save(update_fields=fields)
    return place
