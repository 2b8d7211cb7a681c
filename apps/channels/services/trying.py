"""Trying a mailbox as it is set up, and saying in words how that went."""

from apps.channels.adapters.away import FolderMissing
from apps.channels.adapters.imap import Session
from apps.channels.models import Mailbox
from apps.channels.services.connecting import connected
from apps.channels.states import Afterwards
from apps.core.errors import DomainError, NotFound

FEW_SECONDS = 10.0


def try_mailbox(*, mailbox_id: int) -> str:
    """Sign in, look for its folders, and say what is wrong or how it is read. Changes nothing."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id).select_related("inbox").first()
    if mailbox is None:
        raise NotFound(thing="mailbox", key=mailbox_id)
    try:
        with connected(mailbox=mailbox, timeout=FEW_SECONDS) as session:
            return _seen(session, mailbox)
    except DomainError as error:
        return str(error)


def _seen(session: Session, mailbox: Mailbox) -> str:
    """What was found; raises FolderMissing for the first folder that is not there."""
    there = session.folders()
    if mailbox.afterwards == Afterwards.MOVE and mailbox.move_to not in there:
        raise FolderMissing.among(mailbox.move_to, there)
    counts = []
    for folder in mailbox.folder_names:
        session.select(folder, readonly=True)
        counts.append(f"{folder} has {_mails(len(session.uids(1)))}")
    inbox = "" if mailbox.inbox.is_active else f" Its inbox {mailbox.inbox} is switched off."
    how = (
        "The server tells at once when mail arrives."
        if session.can_idle
        else "The server does not tell when mail arrives, so it is asked every minute."
    )
    return f"It works: {', '.join(counts)}. {how}{inbox}"


def _mails(number: int) -> str:
    return "1 mail" if number == 1 else f"{number} mails"
