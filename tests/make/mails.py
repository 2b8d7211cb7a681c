"""Raw mails and inboxes: `mail(text="…", subject="…")` is what arrives; say only what matters."""

from itertools import count

from django.utils import timezone

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.channels.services.receiving import store_mail
from apps.channels.types import MailOutcome

numbers = count(1)


def mail(text: str = "Where is my parcel?", **headers: str) -> bytes:
    """Return a whole raw mail; an empty header is left out, `in_reply_to` is In-Reply-To."""
    number = next(numbers)
    fields = {
        "from": "Ada Lovelace <ada@example.org>",
        "to": "help@desk.example",
        "subject": "Where is my parcel?",
        "date": "Mon, 02 Nov 2026 09:15:00 +0100",
        "message_id": f"<mail-{number}@example.org>",
        "mime_version": "1.0",
        "content_type": "text/plain; charset=utf-8",
    } | headers
    head = "".join(
        f"{name.replace('_', '-').title()}: {value}\r\n" for name, value in fields.items() if value
    )
    return f"{head}\r\n{text}".encode()


def mixed(*parts: bytes, kind: str = "mixed", **headers: str) -> bytes:
    """Return a mail of several parts, each with its own headers."""
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return mail("", content_type=f"multipart/{kind}; boundary=edge", **headers) + body


def inbox(address: str = "help@desk.example", **fields) -> Inbox:
    """A mailbox of the desk; unless told otherwise the default one."""
    defaults = {"name": "Help", "is_default": not Inbox.objects.filter(is_default=True).exists()}
    return Inbox.objects.create(address=address, **defaults | fields)


def stored(raw: bytes | None = None, **fields) -> ReceivedMail:
    """A mail that waits to be decided."""
    defaults = {"source": "command", "at": timezone.now()}
    return store_mail(raw=mail() if raw is None else raw, **defaults | fields)


def arrived(raw: bytes | None = None, **fields) -> MailOutcome:
    """What became of a mail."""
    return decide_mail(mail_id=stored(raw, **fields).pk)
