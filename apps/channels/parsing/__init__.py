"""Reading mail: from any bytes to a checked value; plain Python that never raises."""

from apps.channels.parsing.mail import parse_mail
from apps.channels.parsing.parsed import Attachment, Mailbox, ParsedMail

__all__ = ["Attachment", "Mailbox", "ParsedMail", "parse_mail"]
