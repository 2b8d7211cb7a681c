"""What comes in with a ticket, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NewAttachment:
    """A file as it arrived. The name is only for people; it never names a path.

    ``lies_at`` is where its content is stored, once it is.
    """

    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    lies_at: str = ""


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """What a customer wrote, in the words of any channel."""

    text: str
    visible: str = ""
    html: str = ""
    subject: str = ""
    message_id_header: str = ""
    in_reply_to: str = ""
    to: str = ""
    cc: str = ""
    attachments: tuple[NewAttachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What a mail server says became of a message for one address; what is not said is empty.

    ``action`` is ``failed``, ``delayed``, ``relayed``, ``expanded`` or ``delivered``; or it is
    ``complained``, where somebody calls it spam.
    """

    address: str
    action: str
    diagnostic: str = ""
