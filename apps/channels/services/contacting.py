"""What somebody writes into a web form becomes a mail, and goes the way of every mail."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.services.receiving import store_mail
from apps.channels.states import Source
from apps.core.text import clean_text, one_line

MOST_LINKS = 5


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was sent along."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody wrote into a form; ``key`` is the form's own, the same for each try.

    The same page may be sent again with other words: that is another message.
    """

    key: str
    name: str
    address: str
    subject: str
    text: str
    files: Sequence[Upload] = ()
    fell_for_trap: bool = False

    @property
    def number(self) -> str:
        """What tells it from all that is written elsewhere, or otherwise."""
        words = (self.name, self.address, self.subject, self.text)
        digest = hashlib.sha256("\0".join(words).encode("utf-8", "replace"))
        for file in self.files:
            digest.update(b"\0" + file.name.encode("utf-8", "replace") + b"\0")
            digest.update(hashlib.sha256(file.data).digest())
        return f"{self.key}.{digest.hexdigest()[:32]}"


def take_form(*, inbox: Inbox, written: Written, at: datetime) -> ReceivedMail:
    """Store what was written, once for each form and its words. Raises MailTooLarge."""
    return store_mail(
        raw=as_mail(inbox, written, at),
        inbox_address=inbox.address,
        source=Source.FORM,
        origin=f"form:{written.number}",
        recipient=inbox.address,
        spam=why_spam(written),
        at=at,
    )


def as_mail(inbox: Inbox, written: Written, at: datetime) -> bytes:
    """A mail of the visitor's. Nothing typed can end a line of its head."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(one_line(written.name, 80), addr_spec=written.address)
    mail["To"] = Address(addr_spec=inbox.address)
    mail["Subject"] = one_line(written.subject, 200)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<form.{written.number}@{inbox.address.rpartition('@')[2]}>"
    mail.set_content(clean_text(written.text))
    for file in written.files:
        main, _, sub = file.content_type.partition("/")
        is_plain = main.isalnum() and sub.replace("-", "").replace(".", "").isalnum()
        mail.add_attachment(
            file.data,
            maintype=main if is_plain and main not in {"message", "multipart"} else "application",
            subtype=sub if is_plain and main not in {"message", "multipart"} else "octet-stream",
            filename=one_line(file.name, 120),
        )
    return mail.as_bytes()


def why_spam(written: Written) -> str:
    """Why it looks as if a machine had written it; empty when it does not."""
    if written.fell_for_trap:
        return "A field of the form that nobody sees is filled in."
    links = written.text.lower().count("://")
    return f"There are {links} links in it." if links > MOST_LINKS else ""
