"""Builds the mails of a story as the customers' mail programs would write them."""

import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from apps.ops.sample import pictures
from apps.ops.sample.clients import CLIENTS, Quoted
from apps.ops.sample.scripts import Turn

DESK = "support@juniper-pine.example"
SHOP = f"Juniper & Pine <{DESK}>"
OURS = {"Ago", "From", "To", "Subject", "Client", "Lang", "Attach", "Quote", "Follows"}
"""Fields that say how to build a mail; every other one is a header as it stands."""

WIRE = policy.SMTP.clone(cte_type="8bit")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a mail answers: its identifier, and what of it is quoted."""

    message_id: str
    quoted: Quoted | None = None


def letter(turn: Turn, *, at: datetime, answered: Answered | None = None) -> bytes:
    """Write a turn's mail: the same bytes each time it is asked for."""
    mail = EmailMessage(policy=WIRE)
    mail["Message-ID"] = message_id(turn)
    mail["Date"] = format_datetime(at)
    if "From" in turn.fields:
        mail["From"] = turn.fields["From"]
    mail["To"] = turn.fields.get("To", SHOP)
    mail["Subject"] = turn.fields["Subject"]
    if answered:
        mail["In-Reply-To"] = mail["References"] = answered.message_id
    for name in turn.fields.keys() - OURS:
        mail[name] = turn.fields[name]
    client = CLIENTS[turn.fields["Client"]]
    client(mail, turn.text, answered.quoted if answered else None, turn.fields.get("Lang", "en"))
    if "Attach" in turn.fields:
        attach(mail, turn.fields["Attach"])
    fix_boundaries(mail, turn.key)
    return mail.as_bytes()


def message_id(turn: Turn) -> str:
    """The identifier of a turn's mail, made by the sender's own server."""
    domain = parseaddr(turn.fields.get("From", ""))[1].rpartition("@")[2] or "mail.example"
    stem = zlib.crc32(turn.key.encode())
    return f"<{stem:08x}.{turn.key}@{domain}>"


def attach(mail: EmailMessage, what: str) -> None:
    """Attach `picture MOTIF NAME` or `pdf NAME LINES`."""
    kind, first, rest = what.split(" ", 2)
    if kind == "picture":
        data, maintype, subtype, name = pictures.png(first), "image", "png", rest
    else:
        data, maintype, subtype, name = pictures.pdf(rest), "application", "pdf", first
    mail.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)


def fix_boundaries(mail: EmailMessage, key: str) -> None:
    """Give each multipart a boundary that does not change from one day to the next."""
    stem = re.sub(r"[^a-z0-9]", "", key)[:24]
    parts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{stem}_{number:02d}")
