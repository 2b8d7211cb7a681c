"""Where the reading of a folder stands, whose mails these are, and why a round broke off."""

from django.db import transaction

from apps.channels.adapters.imap import Session
from apps.channels.models import Mailbox, MailFolder
from apps.core.db import locked
from apps.core.errors import DomainError
from apps.core.text import one_line


def place_of(*, mailbox: Mailbox, folder: str) -> MailFolder:
    """Where the reading of a folder stands."""
    return MailFolder.objects.get_or_create(mailbox=mailbox, name=folder)[0]


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


def position(place: MailFolder) -> tuple[int, int, int]:
    """Up to where a folder is stored, and what that number means."""
    return place.generation, place.uid_validity, place.last_uid


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
