"""Taking mail in for the recipient of an envelope, as mail servers and providers name it."""

from datetime import datetime

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.queries import ticket_of_address
from apps.channels.services.receiving import InboxUnknown, store_mail
from apps.core.text import untagged


def deliver_mail(
    *,
    raw: bytes,
    recipient: str,
    source: str,
    origin: str | None = None,
    spam: str = "",
    at: datetime,
) -> ReceivedMail:
    """Store a mail for whom its envelope names. Raises InboxUnknown, MailTooLarge."""
    return store_mail(
        raw=raw,
        inbox_address=inbox_named(recipient=recipient),
        source=source,
        origin=origin,
        recipient=recipient,
        spam=spam,
        at=at,
    )


def inbox_named(*, recipient: str) -> str:
    """The inbox a recipient is for; empty for a reply address that we signed.

    What stands behind a plus does not matter: ``help+anything@`` is ``help@``.
    Raises InboxUnknown.
    """
    address = recipient.strip().lower()
    if ticket_of_address(address) is not None:
        return ""
    plain = untagged(address)
    known = Inbox.objects.filter(address__in={address, plain}, is_active=True)
    found = set(known.values_list("address", flat=True))
    if not found:
        raise InboxUnknown(address=recipient)
    return address if address in found else plain
