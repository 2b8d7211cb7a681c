"""Taking mail in for the recipient of an envelope, as mail servers and providers name it."""

from datetime import datetime

from apps.channels.models import ReceivedMail
from apps.channels.queries import inbox_at, ticket_of_address
from apps.channels.services.receiving import InboxUnknown, store_mail
from apps.core.text import one_line


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

    What stands behind a plus does not matter: ``help+anything@`` is ``help@``. Bounces come to
    what an inbox sends from. What cannot be printed names nobody. Raises InboxUnknown.
    """
    address = recipient.strip().lower()
    if not address.isprintable():
        raise InboxUnknown(address=one_line(ascii(recipient), 80))
    if ticket_of_address(address) is not None:
        return ""
    inbox = inbox_at([address])
    if inbox is None:
        raise InboxUnknown(address=recipient)
    return inbox.address
