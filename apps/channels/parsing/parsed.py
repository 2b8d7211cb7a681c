"""What a mail says, as plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Mailbox:
    """A name and an address; the address is lower-case, or empty when none could be read."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with a mail, under a name that is safe to write anywhere.

    ``lies_at`` is where its content is stored, once somebody has done that.
    """

    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    inline: bool = False
    lies_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportedRecipient:
    """One address a delivery report speaks of; what is not said is empty."""

    address: str
    action: str
    status: str
    diagnostic: str


COMPLAINED = "complained"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a mail server says about a mail that was sent.

    ``action`` is the gravest of ``failed``, ``delayed``, ``relayed``, ``expanded``, ``delivered``
    that is told of any recipient, or ``complained``: somebody calls it spam. The identifier is
    what the report claims: anybody can write it.
    """

    action: str
    recipients: tuple[ReportedRecipient, ...]
    original_message_id: str


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """A mail somebody passed on: who wrote it, and what the one who passed it on says to it."""

    sender: Mailbox
    subject: str
    text: str
    note: str
    date: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Head:
    """What can be said of a mail by its headers alone."""

    sender: str
    auto_kind: str
    date: datetime | None


@dataclass(frozen=True, kw_only=True)
class ParsedMail:
    """One mail, bounded and clean: no NUL, no lone surrogate, nothing longer than its limit.

    ``text`` is all that can be read, ``visible`` what of it is new, ``html`` is sanitised and may
    name pictures elsewhere, which whoever shows it decides to load. ``auto_kind`` is ``bounce``,
    ``auto_reply``, ``auto_generated``, ``bulk`` or empty; a bounce has a ``report``, and so has a
    provider's mail about a complaint; only a person's mail can be ``forwarded``. ``spam`` says
    which server calls it spam; ``vouched_by`` names the one that calls the sender proven,
    ``disowned_by`` those that call it forged; either counts where that server is one's own, as
    does ``passed_on``: when the last server on its way had it.
    ``problems`` are sentences for people about what could not be read as it was meant.
    """

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    subject: str
    sender: Mailbox
    reply_to: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    delivered_to: tuple[str, ...]
    date: datetime | None
    text: str
    visible: str
    html: str
    attachments: tuple[Attachment, ...]
    auto_kind: str
    desk_mark: str
    fingerprint: str
    problems: tuple[str, ...]
    report: Report | None = None
    forwarded: Forwarded | None = None
    spam: str = ""
    vouched_by: str = ""
    disowned_by: tuple[str, ...] = ()
    passed_on: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.subject or self.text or self.html or self.attachments)
