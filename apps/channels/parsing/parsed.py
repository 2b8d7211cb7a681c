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
    """A file that came with a mail, under a name that is safe to write anywhere."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, kw_only=True)
class ParsedMail:
    """One mail, bounded and clean: no NUL, no lone surrogate, nothing longer than its limit."""

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

    @property
    def is_empty(self) -> bool:
        return not (self.subject or self.text or self.html or self.attachments)
