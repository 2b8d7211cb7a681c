"""Reading mail: from any bytes to a checked value; plain Python that never raises."""

from apps.channels.parsing.mail import machine_kind, parse_mail
from apps.channels.parsing.parsed import (
    Attachment,
    Forwarded,
    Mailbox,
    ParsedMail,
    Report,
    ReportedRecipient,
)

__all__ = [
    "Attachment",
    "Forwarded",
    "Mailbox",
    "ParsedMail",
    "Report",
    "ReportedRecipient",
    "machine_kind",
    "parse_mail",
]
