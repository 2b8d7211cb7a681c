"""The parts of a mail, found in one pass over its bytes however they are nested.

The standard library's parser walks line by line and is quadratic in places (a megabyte of
Content-Type parameters takes it minutes); headers and encodings below are still its work.
"""

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from io import BytesIO
from itertools import islice

from apps.channels.parsing import limits
from apps.channels.parsing.headers import Headers, split_head

# A message inside a message is somebody else's: it stays whole, as a file.
WHOLE = {"message/rfc822", "message/global"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A leaf of the tree: its content fields and where its bytes stand in the raw mail."""

    message: Message
    content_type: str
    parent: str
    start: int
    end: int

    def charset(self) -> str:
        return parameter(self.message, "charset")

    def data(self, raw: bytes) -> bytes:
        """Undo the transfer encoding."""
        encoding = str(self.message.get("content-transfer-encoding", ""))
        return _decoded(raw[self.start : self.end], encoding.strip(" ;").lower())


@dataclass
class Walk:
    """What is left of the budget while the tree is walked."""

    raw: bytes
    parts_left: int = limits.PARTS
    problems: tuple[str, ...] = ()

    def note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems += (problem,)


def leaves(walk: Walk, headers: Headers, start: int, end: int) -> list[Part]:
    """Every leaf between two offsets, in order, within the budget of the walk."""
    return list(_walk(walk, headers.message(), start, end, ("", 0)))


def _walk(
    walk: Walk, message: Message, start: int, end: int, place: tuple[str, int]
) -> Iterator[Part]:
    parent, depth = place
    kind = content_type(message)
    boundary = parameter(message, "boundary").rstrip() if kind[:10] == "multipart/" else ""
    if boundary and depth >= limits.DEPTH:
        walk.note("parts are nested too deeply; the inner ones were not read")
        return
    slices = _slices(walk, boundary, start, end) if boundary else []
    if not slices:
        kind = "text/plain" if kind[:10] == "multipart/" else kind
        yield Part(message=message, content_type=kind, parent=parent, start=start, end=end)
        return
    for part_start, part_end in slices:
        headers, body = split_head(walk.raw, part_start, part_end, limits.PART_HEADER_BLOCK)
        yield from _walk(walk, headers.message(), body, part_end, (kind, depth + 1))


def _slices(walk: Walk, boundary: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the parts between the boundary's lines begin and end."""
    name = re.escape(boundary[: limits.BOUNDARY].encode("utf-8", "replace"))
    line = re.compile(rb"\n--" + name + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    slices: list[tuple[int, int]] = []
    opened = None
    for found in islice(line.finditer(walk.raw, max(start - 1, 0), end), walk.parts_left + 1):
        if opened is not None:
            slices.append((opened, max(opened, found.start())))
        opened = None if found[1] else min(found.end() + 1, end)
        if found[1]:
            break
    if opened is not None and opened < end:
        slices.append((opened, end))
    if len(slices) > walk.parts_left:
        walk.note("there are too many parts; the last ones were not read")
        slices = slices[: walk.parts_left]
    walk.parts_left -= len(slices)
    return slices


def content_type(message: Message) -> str:
    """``type/subtype`` in lower case; plain text where the field says nothing usable."""
    kind = str(message.get("content-type", "")).partition(";")[0].strip().lower()
    return kind if re.fullmatch(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,60}", kind) else "text/plain"


def parameter(message: Message, name: str, field: str = "content-type") -> str:
    """One parameter of a content field, continuations and encodings of RFC 2231 resolved."""
    try:
        value = message.get_param(name, "", field)
    except (ValueError, LookupError, TypeError, IndexError):
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        return str(text).encode("latin-1", "replace").decode(_known(charset), "replace")
    return str(value)


def _known(charset: str | None) -> str:
    try:
        b"".decode(charset or "utf-8")
        "".encode(charset or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    return charset or "utf-8"


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return _from_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _from_uu(data)
    return data.removesuffix(b"\n").removesuffix(b"\r")


def _from_base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _from_uu(data: bytes) -> bytes:
    decoded = bytearray()
    lines = BytesIO(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    for line in lines:  # one at a time: all of them would be many times the data
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        with suppress(binascii.Error):
            decoded += binascii.a2b_uu(line)
    return bytes(decoded)
