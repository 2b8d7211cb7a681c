"""Doing to stored mails in their mailbox what it says: mark, move or delete them there."""

from apps.channels.adapters.away import NotSettled
from apps.channels.adapters.imap import Session
from apps.channels.models import MailFolder, ReceivedMail
from apps.channels.services.places import origin_of
from apps.channels.states import Afterwards

MOST_AT_ONCE = 50
"""Mails that one command is about: a server that takes longer than a time-out ends the round."""
MOST_PIECES = 4
"""Of a backlog, between two batches of new mail."""


def settle_folder(*, session: Session, place: MailFolder) -> NotSettled | None:
    """Do to the stored mails what the mailbox says, from where this was done last.

    Only to mails that are here whole: the others are nowhere else. What is done is written down
    piece by piece, and a long backlog is left to the next batches. Returns why the server does
    it not, if so; the next batch tries again.
    """
    if place.settled_uid >= place.last_uid:
        return None
    there: list[int] = []
    if session.mailbox.afterwards != Afterwards.LEAVE:
        there = session.uids(place.settled_uid + 1, place.last_uid)
    for some in pieces(there)[:MOST_PIECES]:
        try:
            do_afterwards(session, whole(place, some))
        except NotSettled as error:
            return error
        note_settled(place, some[-1])
    if len(there) <= MOST_AT_ONCE * MOST_PIECES:
        note_settled(place, place.last_uid)
    return None


def pieces(uids: list[int]) -> list[list[int]]:
    """The mails, as many together as one command is about."""
    return [uids[first : first + MOST_AT_ONCE] for first in range(0, len(uids), MOST_AT_ONCE)]


def note_settled(place: MailFolder, uid: int) -> None:
    """The server does as it is told, up to this mail."""
    place.settled_uid, place.problem, place.failures = uid, "", 0
    place.save(update_fields=["settled_uid", "problem", "failures"])


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
