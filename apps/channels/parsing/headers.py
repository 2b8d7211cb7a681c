"""The header block of a mail or part: split tolerantly, bounded, decoded on demand."""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from apps.channels.parsing import limits
from apps.channels.parsing.charsets import decode_bytes

FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
BLANK = re.compile(rb"\r?\n\r?\n|\r\r")
# A block without one of these is the beginning of a body that happens to hold a colon.
TELLING = {
    "from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "sender",
    "reply-to", "in-reply-to", "references", "mime-version", "content-type", "delivered-to",
    "content-transfer-encoding", "content-disposition", "content-id", "envelope-to", "x-mailer",
}  # fmt: skip
# Only mail servers and programs write these: what begins oddly is still a mail with one.
CERTAIN = {"message-id", "received", "mime-version", "return-path", "delivered-to"}


class Headers:
    """Header fields in their order; names compare without case, absent ones are empty."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def first(self, name: str) -> str:
        """Give the first such field unfolded, its encoded words not yet resolved."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._fields if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self._fields)

    def has_any(self, names: set[str]) -> bool:
        return any(key in names for key, _ in self._fields)

    def message(self) -> Message:
        """Give the content fields to the standard library, for its rules of parameters."""
        message = Message()
        for name, value in self._fields:
            if name.startswith("content-") and name not in message:
                message[name] = value[:2048]
        return message


def split_head(raw: bytes, start: int, end: int, most: int) -> tuple[Headers, int]:
    """Read the headers that begin at ``start``; say where the body after them begins.

    Where the block tells nothing, all of it is body.
    """
    if raw[start : start + 1] in {b"\n", b"\r"}:
        after = start + (2 if raw[start : start + 2] == b"\r\n" else 1)
        return Headers([]), min(after, end)
    blank = BLANK.search(raw, start, end)
    stop, body = (blank.start(), blank.end()) if blank else (end, end)
    lines = raw[start : min(stop, start + most)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    split = lines.split(b"\n")
    fields, read = _fields(split)
    headers = Headers([(name, _unfold(value)) for name, value in fields])
    begins_well = FIELD.match(split[0]) or split[0].startswith((b"From ", b">From "))
    if not headers.has_any(TELLING if begins_well else CERTAIN):
        return Headers([]), start
    if read is not None:
        body = _line_start(raw, start, end, read)
    return headers, body


def _fields(lines: list[bytes]) -> tuple[list[tuple[str, list[bytes]]], int | None]:
    """Fields with their lines, and the line where a body begins without a blank line."""
    fields: list[tuple[str, list[bytes]]] = []
    last_field = max((n for n, line in enumerate(lines) if _names_known(line)), default=-1)
    for number, line in enumerate(lines):
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1][1].append(line)
        elif found := FIELD.match(line):
            if len(fields) >= limits.HEADER_COUNT:
                break
            name = found[1].decode("ascii").lower()
            fields.append((name, [found[2]]))
        elif number and number > last_field:
            return fields, number
        # Any other broken line stands between good ones: skip it and read on.
    return fields, None


def _names_known(line: bytes) -> bool:
    found = FIELD.match(line)
    return found is not None and found[1].decode("ascii").lower() in TELLING


def _unfold(lines: list[bytes]) -> str:
    value = b" ".join(line.strip() for line in lines)
    return decode_bytes(value[: limits.HEADER_VALUE]).replace("\0", "").strip()


def _line_start(raw: bytes, start: int, end: int, line: int) -> int:
    """Find the offset of the n-th line after ``start``."""
    position = start
    for _ in range(line):
        position = raw.find(b"\n", position, end) + 1
        if position == 0:
            return end
    return position


def decode_words(value: str) -> str:
    """Resolve RFC 2047 encoded words; what cannot be decoded stays as it stands."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        piece if isinstance(piece, str) else decode_bytes(piece, charset or "")
        for piece, charset in pieces
    )
