"""A mail inside a mail: the original somebody passed on, attached whole or written into the text.

Written into the text is what Gmail, Outlook, Apple Mail and Thunderbird do, in their languages: a
title or the subject says so, the old headers follow, then the old text. One pass over the lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from apps.channels.parsing import addresses, fields, limits, marks
from apps.channels.parsing.bodies import read_body
from apps.channels.parsing.charsets import clean_line
from apps.channels.parsing.endings import without_ending
from apps.channels.parsing.headers import Headers, split_head
from apps.channels.parsing.parsed import Forwarded, Mailbox
from apps.channels.parsing.structure import Part, Walk, leaves
from apps.channels.parsing.texts import read_texts

ATTACHED = {"message/rfc822", "message/global"}
TITLES = {
    "forwarded message", "begin forwarded message", "forwarded email",
    "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail", "weitergeleitete mail",
    "message transféré", "début du message transféré", "début du message réexpédié",
    "mensaje reenviado", "inicio del mensaje reenviado", "mensaje original reenviado",
    "messaggio inoltrato", "inizio messaggio inoltrato", "inizio del messaggio inoltrato",
    "doorgestuurd bericht", "begin doorgestuurd bericht", "doorgestuurde e-mail",
    "mensagem encaminhada", "mensagem reencaminhada", "início da mensagem encaminhada",
    "início da mensagem reencaminhada", "wiadomość przekazana dalej", "przekazana wiadomość",
    "treść przekazanej wiadomości", "początek przekazywanej wiadomości",
    "początek przekazanej wiadomości", "videresendt besked", "start på videresendt besked",
    "vidarebefordrat meddelande", "vidarebefordrat brev", "videresendt melding",
    "přeposlaná zpráva", "začátek přeposílané zprávy", "пересылаемое сообщение",
    "пересланное сообщение", "转发的邮件", "转发邮件", "转发的消息", "以下是转发的邮件",
    "転送されたメッセージ", "転送メッセージ", "転送メール",
}  # fmt: skip
SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|pd|vs|vb|vl|doorst|fs|továbbítás|转发|轉寄|転送)"
    r"\s*(?:\[\d{1,3}\])?\s*[:\uff1a]\s*",
    re.IGNORECASE,
)
# Beside the names that also open a quoted reply.
MORE_FIELDS = {
    "enviado el": 1, "enviado em": 1, "enviada em": 1, "enviada": 1, "wysłane": 1, "odesláno": 1,
    "日時": 1, "日期": 1, "时间": 1, "寄件日期": 1, "發送時間": 1, "date d'envoi": 1,
    "pour": 2, "收件者": 2, "sujet": 3, "betr": 3, "předmět": 3, "主旨": 3, "主題": 3,
}  # fmt: skip
KIND = {**marks.KIND, **MORE_FIELDS}
FROM, SENT, ABOUT = 0, 1, 3
OTHER = 9
FIELD_LINES = 20
GAP = 4


@dataclass(frozen=True)
class Block:
    """The old headers in the text: what they say, and the lines they stand between."""

    begin: int
    end: int
    values: dict[int, str]


def read_forwarded(
    raw: bytes, headers: Headers, parts: Sequence[Part], text: str, visible: str
) -> Forwarded | None:
    """Find the first mail that was passed on; nothing where there is none with a sender."""
    attached = next((part for part in parts if part.content_type in ATTACHED), None)
    if attached is not None:
        return _attached(raw, attached, visible)
    return _inline(fields.subject(headers), text)


def _attached(raw: bytes, part: Part, note: str) -> Forwarded | None:
    short = replace(part, end=min(part.end, part.start + limits.FORWARDED))
    data = short.data(raw).lstrip(b"\r\n")
    walk = Walk(data)
    headers, start = split_head(data, 0, len(data), limits.HEADER_BLOCK)
    sender = addresses.sender_of(headers)
    if not sender.address:
        return None
    text, _ = read_texts(read_body(walk, leaves(walk, headers, start, len(data))))
    return Forwarded(
        sender=sender,
        subject=fields.subject(headers),
        text=text,
        note=note,
        date=fields.date(headers),
    )


def _inline(subject: str, text: str) -> Forwarded | None:
    says_so = SUBJECT.match(subject)
    lines = [line.strip("\u200b\ufeff\xa0 \t\r") for line in text.split("\n")]
    block = _block(lines, is_forward=bool(says_so))
    sender = _mailbox(block.values.get(FROM, "")) if block else addresses.NOBODY
    if block is None or not sender.address:
        return None
    written = block.values.get(ABOUT, "")
    return Forwarded(
        sender=sender,
        subject=clean_line(written or SUBJECT.sub("", subject, count=1), limits.SUBJECT),
        text="\n".join(_below(text.split("\n"), lines, block)).strip("\n"),
        note=_note(lines[: block.begin]),
        date=_date(block.values.get(SENT, "")),
    )


def _block(lines: list[str], *, is_forward: bool) -> Block | None:
    """Find where the old mail begins; nothing where a conversation is quoted before that."""
    for number, line in enumerate(lines[: limits.REPLY_LINES]):
        bare = _bare(line)
        if not bare:
            continue
        if _is_title(bare):
            return _fields_near(lines, number)
        is_old = marks.is_title(bare.lower()) or _opens_fields(lines, number)
        if is_old and is_forward:
            return _fields_near(lines, number)
        if is_old or line.startswith(">") or marks.attribution_end(lines, number):
            return None
    return None


def _bare(line: str) -> str:
    return line[: limits.LINE].lstrip("> \t\xa0")


def _is_title(bare: str) -> bool:
    return len(bare) <= 100 and bare.strip("-_=* :\uff1a\xa0").lower() in TITLES


def _opens_fields(lines: list[str], number: int) -> bool:
    if _field(_bare(lines[number]))[0] != FROM:
        return False
    kinds = {_field(_bare(line))[0] for line in lines[number : number + marks.HEADER_LINES]}
    return len(kinds - {None, OTHER}) >= 3


def _fields_near(lines: list[str], begin: int) -> Block | None:
    """Read the old headers that begin on this line or a few below it."""
    near = range(begin, min(begin + GAP, len(lines)))
    first = next((n for n in near if _field(_bare(lines[n]))[0] not in {None, OTHER}), None)
    if first is None:
        return None
    values: dict[int, str] = {}
    end, last = first, OTHER
    for end in range(first, min(first + FIELD_LINES, len(lines))):
        bare = _bare(lines[end])
        kind, value = _field(bare)
        if not bare:
            break
        if kind is not None:
            last = kind
            values.setdefault(kind, value)
        elif last != OTHER:
            values[last] = f"{values[last]} {bare}"[:1000]
    return Block(begin, end, values) if FROM in values and len(values) >= 2 else None


def _field(bare: str) -> tuple[int | None, str]:
    """Read ``From: Ada`` as a known kind of field, or another one; nothing when it is none."""
    name, colon, value = bare.replace("\uff1a", ":", 1).partition(":")
    name = name.strip("* \t\xa0|").lower()
    if not colon or not name or len(name) > 24 or "@" in name:
        return None, ""
    kind = KIND.get(name)
    if kind is None:
        return (OTHER, "") if " " not in name and not name[-1].isdigit() else (None, "")
    return kind, value.strip("* \t\xa0|")


def _mailbox(value: str) -> Mailbox:
    """Read ``Bob <bob@b.example>``, ``Bob [mailto:bob@b.example]`` and their kin."""
    found = addresses.ADDRESS.search(value[:1000])
    address = found[0].strip(".'").lower() if found else ""
    if not found or not address.isprintable():
        return addresses.NOBODY
    before = value[: found.start()].replace("mailto:", "")
    return Mailbox(clean_line(before, limits.NAME).strip("\"'<([ *"), address)


def _note(above: list[str]) -> str:
    """Take what the forwarder wrote, without the rule Outlook draws below it and a signature."""
    while above and not above[-1].strip("_-=* "):
        above = above[:-1]
    return "\n".join(without_ending(above)).strip()


def _below(original: list[str], lines: list[str], block: Block) -> list[str]:
    """Take the old text, without the quotation marks a program set before all of it."""
    below = [line.rstrip() for line in original[block.end :]]
    head = next((line for line in lines[block.begin + 1 : block.end] if line), "")
    if not head.startswith(">"):
        return below
    return [line.removeprefix(">").removeprefix(" ") for line in below]


def _date(value: str) -> datetime | None:
    """Read a moment that says its offset; without one it is nobody's guess to make."""
    try:
        moment = parsedate_to_datetime(value[:200])
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
