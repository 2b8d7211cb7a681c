"""Taking mail in: the raw bytes are safe before anybody looks at them."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.channels.events import MailDecided, MailStored, MailTakenUpAgain
from apps.channels.models import MOST_MEGABYTES, Inbox, ReceivedMail
from apps.channels.parsing import parse_mail
from apps.channels.states import MOVES, Outcome, Source
from apps.channels.types import MEGABYTE
from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.errors import Refused
from apps.core.states import check_move
from apps.core.text import one_line


class MailTooLarge(Refused):
    """Nothing of it is stored: whoever sent it must be told."""

    message = "The mail is larger than {most} MB, which is the most that is taken in."


class InboxUnknown(Refused):
    """Mail is only taken in for inboxes that an admin has set up."""

    message = "There is no active inbox {address}."


def refuse_too_large(size: int, *, most: int = MOST_MEGABYTES) -> None:
    """Raise MailTooLarge where a mail has more than so many megabytes."""
    if size > min(most, MOST_MEGABYTES) * MEGABYTE:
        raise MailTooLarge(most=most)


@transaction.atomic
def store_mail(
    *,
    raw: bytes,
    inbox_address: str = "",
    source: str,
    origin: str | None = None,
    recipient: str = "",
    spam: str = "",
    keeps_large: bool = False,
    at: datetime,
) -> ReceivedMail:
    """Keep a mail as it came. Once this has committed, its outcome is only a matter of time.

    Without an address the mail itself says which inbox it is for. From one place, its ``origin``,
    a mail is taken once: the second call returns the first one's.
    ``recipient`` is that of the envelope; ``spam`` is why whoever handed it over calls it that.
    With ``keeps_large`` one that is too large is kept as well, and then quarantined: for doors
    where nobody could tell its sender. Raises MailTooLarge, InboxUnknown.
    """
    inbox = active_inbox(inbox_address) if inbox_address else None
    if not keeps_large:
        refuse_too_large(len(raw), most=inbox.most_megabytes if inbox else MOST_MEGABYTES)
    try:
        with transaction.atomic(savepoint=origin is not None):
            mail = ReceivedMail.objects.create(
                inbox=inbox,
                source=source,
                origin=origin,
                recipient=one_line(recipient, 254),
                spam=one_line(spam, 500),
                received_at=at,
                **bytes_of(raw),
            )
    except IntegrityError:
        if origin is None:
            raise
        return ReceivedMail.objects.get(origin=origin)
    publish(MailStored(mail_id=mail.pk))
    return mail


def bytes_of(raw: bytes) -> dict[str, Any]:
    """A mail as it is stored, and what tells it from others."""
    return {"raw": raw, "sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}


@transaction.atomic
def set_aside(*, raw: bytes, inbox: Inbox, origin: str, why: str, at: datetime) -> ReceivedMail:
    """Keep what can be had of a mail that cannot be taken whole, for a person to see.

    ``origin`` is where the mail itself stays. The second call returns the first one's.
    """
    parsed = parse_mail(raw)
    mail, is_new = ReceivedMail.objects.get_or_create(
        origin=origin,
        defaults={
            "inbox": inbox,
            **bytes_of(raw),
            "source": Source.IMAP,
            "is_partial": True,
            "sender": parsed.sender.address,
            "subject": parsed.subject,
            "received_at": at,
            "outcome": Outcome.QUARANTINED,
            "reason": why,
            "decided_at": at,
        },
    )
    if is_new:
        publish(MailDecided(mail_id=mail.pk, outcome=mail.outcome), why=why)
    return mail


@transaction.atomic
def take_whole(*, origin: str, raw: bytes, at: datetime) -> ReceivedMail | None:
    """Store a mail of which only a part lay in quarantine; the part becomes a copy of it.

    None where nothing of it lies there any more: a person has decided about it.
    """
    part = (
        ReceivedMail.objects.select_for_update()
        .filter(origin=origin, is_partial=True, outcome=Outcome.QUARANTINED)
        .first()
    )
    if part is None or part.inbox_id is None:
        return None
    part.origin, part.outcome, part.decided_at = None, Outcome.RECEIVED, None
    part.save(update_fields=["origin", "outcome", "decided_at"])
    address = Inbox.objects.get(pk=part.inbox_id).address
    mail = store_mail(raw=raw, inbox_address=address, source=part.source, origin=origin, at=at)
    part.outcome, part.duplicate_of, part.decided_at = Outcome.DUPLICATE, mail, at
    part.reason = f"It was taken whole since: it is mail {mail.pk}."
    part.save(update_fields=["outcome", "duplicate_of", "decided_at", "reason"])
    publish(MailDecided(mail_id=part.pk, outcome=part.outcome), why=part.reason)
    return mail


def active_inbox(address: str) -> Inbox:
    """The inbox of this address, or InboxUnknown."""
    known = Inbox.objects.filter(address=address.strip().lower(), is_active=True)
    inbox = known.first() if address.isprintable() else None
    if inbox is None:
        raise InboxUnknown(address=address)
    return inbox


@transaction.atomic
def reprocess_mail(*, mail_id: int, by: User, why: str = "", at: datetime) -> ReceivedMail:
    """Have a mail looked at again that was quarantined, ignored or taken for a copy.

    It is filed now in spite of what spoke against it, unless it still cannot be: a person looked.
    Raises IllegalMove when the mail is on a ticket, or waits already.
    """
    mail = locked(ReceivedMail, mail_id)
    check_move(mail, mail.outcome, Outcome.RECEIVED, MOVES)
    mail.is_insisted = True
    mail.outcome, mail.reason, mail.duplicate_of, mail.decided_at = (
        Outcome.RECEIVED,
        "",
        None,
        None,
    )
    mail.save(update_fields=["outcome", "reason", "duplicate_of", "decided_at", "is_insisted"])
    publish(MailTakenUpAgain(mail_id=mail.pk), actor=f"user:{by.pk}", why=why)
    return mail
