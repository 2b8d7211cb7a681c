"""Mails as they leave: identifiers, threading, addresses that bring the answer back."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import format_datetime, formataddr, parseaddr
from mimetypes import guess_type

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from apps.channels import queries
from apps.channels.models import Inbox
from apps.channels.rules import reply_subject
from apps.channels.services.wording import as_html, as_text
from apps.core.errors import Refused
from apps.core.signing import short_signature
from apps.core.text import one_line
from apps.tickets.models import Message, Ticket
from apps.tickets.states import MessageKind

MOST_REFERENCES = 20
MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,90}", re.ASCII)
COMPOSITE = ("message", "multipart")
BYTES = "application/octet-stream"


class NotAReply(Refused):
    """Only what an agent or the desk wrote to a customer leaves the house."""

    message = "{message} is not addressed to anybody."


@dataclass(frozen=True)
class Desk:
    """Whom a mail comes from."""

    name: str
    address: str
    sender: str = ""
    signature: str = ""

    @property
    def sent_from(self) -> str:
        """The From of its mails."""
        return formataddr((one_line(self.name, 80), self.sender or self.address))

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2] or "localhost"


def compose_reply(message: Message) -> EmailMessage:
    """Write a reply as mail: the same one, under the same Message-ID, however often."""
    if message.kind != MessageKind.OUTGOING or not others([message.to]):
        raise NotAReply(message=str(message))
    ticket, desk = message.ticket, desk_of(message.ticket)
    headers = {
        "Message-ID": reply_identifier(message),
        "Date": format_datetime(message.created_at),
        "Reply-To": formataddr((desk.name, reply_address(ticket.pk, desk))),
        **threading(message),
        **marks("" if message.author and not message.is_automatic else "auto-replied"),
    }
    mail = EmailMultiAlternatives(
        subject=reply_subject(message.subject or ticket.subject, ticket.pk),
        body=as_text(message, signature=desk.signature),
        from_email=desk.sent_from,
        to=[message.to],
        cc=others(message.cc.split(",")),
        bcc=others(message.bcc.split(",")),
        headers=headers,
        alternatives=[(as_html(message, signature=desk.signature), "text/html")],
    )
    for file in message.attachments.order_by("pk"):
        with file.file.open("rb") as content:
            mail.attach(enclosed(file.name, file.content_type, content.read()))
    return mail


def enclosed(name: str, kind: str, content: bytes) -> MIMEBase:
    """A file as a part that arrives byte for byte: in base64, whatever its type."""
    part = MIMEBase(*kind_of(name, kind, content).split("/"))
    part.set_payload(content)
    encode_base64(part)
    if part.get_content_maintype() == "text":
        part.set_param("charset", "utf-8")
    named = one_line(name, 200)
    filename = named if named.isascii() else ("utf-8", "", named)
    part.add_header("Content-Disposition", "attachment", filename=filename)
    return part


def kind_of(name: str, kind: str, content: bytes) -> str:
    """As what a file travels: its own type, wherever that may be in base64.

    RFC 2046 forbids that for mails and other types made of parts, and whoever reads text must
    know its charset. Where it may not, or nobody knows, a file is plain bytes.
    """
    known = kind.lower() if MEDIA_TYPE.fullmatch(kind) else guess_type(name)[0] or BYTES
    main = known.partition("/")[0]
    unfit = main in COMPOSITE or (main == "text" and not is_utf8(content))
    return BYTES if unfit else known


def is_utf8(content: bytes) -> bool:
    """Whether these bytes are text as everybody writes it today."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def others(addresses: Iterable[str]) -> list[str]:
    """The addresses among these that are not our own: a mail to ourselves is a loop."""
    named = (address.strip() for address in addresses)
    return [address for address in named if address and not queries.is_own_address(address)]


def compose_notice(*, key: str, to: str, subject: str, text: str) -> EmailMessage:
    """Write a mail from the desk itself to somebody who works here; one per key."""
    desk = desk_at("")
    name = hashlib.sha256(key.encode()).hexdigest()[:24]
    return EmailMessage(
        subject=" ".join(subject.split())[:200],
        body=text,
        from_email=desk.sent_from,
        to=[to],
        headers={"Message-ID": f"<notice.{name}@{desk.domain}>", **marks("auto-generated")},
    )


def reply_identifier(message: Message) -> str:
    """The Message-ID of an outgoing message: signed, and always the same."""
    if message.message_id_header:
        return message.message_id_header
    parts = f"{message.ticket_id}.{message.pk}"
    signature = short_signature(queries.MESSAGE_PURPOSE, parts)
    return f"<{parts}.{signature}@{desk_of(message.ticket).domain}>"


def reply_address(number: int, desk: Desk) -> str:
    """Where an answer finds its ticket even when the mail program forgot what it answers."""
    signature = short_signature(queries.REPLY_PURPOSE, str(number))
    return f"reply+{number}.{signature}@{desk.domain}"


def desk_of(ticket: Ticket) -> Desk:
    """Whom the customer wrote to."""
    return desk_at(ticket.inbox_address)


def desk_at(address: str) -> Desk:
    """The inbox of this address, else the default one, else what the settings say."""
    inbox: Inbox | None = queries.inbox_for([address])
    if inbox:
        name = inbox.from_name or inbox.name
        return Desk(name, inbox.address, inbox.reply_from, inbox.signature)
    return Desk(*parseaddr(settings.DEFAULT_FROM_EMAIL))


def threading(message: Message) -> dict[str, str]:
    """What mail programs need to show the conversation as one."""
    said = message.ticket.messages.exclude(message_id_header="").filter(pk__lt=message.pk)
    earlier = list(said.order_by("pk").values_list("message_id_header", "kind"))
    if not earlier:
        return {}
    known = list(dict.fromkeys(identifier for identifier, _ in earlier))
    asked = [identifier for identifier, kind in earlier if kind == MessageKind.INCOMING]
    shown = known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]]
    return {"In-Reply-To": (asked or known)[-1], "References": " ".join(shown)}


def marks(automatic: str) -> dict[str, str]:
    """What tells this desk, and other machines, who wrote a mail."""
    mark = {"X-Supportcoord": short_signature(queries.DESK_PURPOSE, "")}
    if not automatic:
        return mark
    return {**mark, "Auto-Submitted": automatic, "X-Auto-Response-Suppress": "OOF, AutoReply"}
