"""Reading mail: from any bytes to a checked value; plain Python that never raises."""

from apps.channels.parsing.mail import parse_mail, read_head
from apps.channels.parsing.parsed import (
    COMPLAINED,
    Attachment,
    Forwarded,
    Head,
    Mailbox,
    ParsedMail,
    Report,
    ReportedRecipient,
)

__all__ = [
    "COMPLAINED",
    "Attachment",
    "Forwarded",
    "Head",
    "Mailbox",
    "ParsedMail",
    "Report",
    "ReportedRecipient",
    "parse_mail",
    "read_head",
]
