"""What the leaves of a mail are: its text, its HTML, its files."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.channels.parsing import limits
from apps.channels.parsing.charsets import clean_line, clean_text, decode_bytes, is_known
from apps.channels.parsing.flowed import unflow
from apps.channels.parsing.headers import decode_words
from apps.channels.parsing.html import looks_like_html
from apps.channels.parsing.names import safe_name
from apps.channels.parsing.parsed import Attachment
from apps.channels.parsing.sealed import name_of
from apps.channels.parsing.structure import Part, Walk, parameter

SHOWN = {"text/plain": "plain", "text/html": "html"}
MOST = {"plain": limits.TEXT, "html": limits.HTML}
BYTES_OF_A_CHARACTER = 4


@dataclass(frozen=True, kw_only=True)
class Body:
    """The readable part of a mail before quotes are looked for."""

    plain: str
    html: str
    attachments: tuple[Attachment, ...]


def read_body(walk: Walk, parts: Iterable[Part]) -> Body:
    """Sort the leaves into text that is shown and files that are kept."""
    shown: dict[str, list[str]] = {"plain": [], "html": []}
    files: list[Attachment] = []
    for number, part in enumerate(parts, 1):
        kind = SHOWN.get(part.content_type, "")
        if kind and not _is_file(part) and _has_room(shown[kind], kind):
            text = _text(walk, part, kind)
            is_bare = "content-type" not in part.message
            shown["html" if is_bare and looks_like_html(text) else kind].append(text)
        elif len(files) < limits.ATTACHMENTS:
            files.append(_file(walk, part, number))
        else:
            walk.note("there are too many attachments; the last ones were not kept apart")
    return Body(
        plain="\n\n".join(text for text in shown["plain"] if text.strip())[: limits.TEXT],
        html="\n".join(shown["html"])[: limits.HTML],
        attachments=tuple(file for file in files if file.data or file.name),
    )


def _has_room(texts: list[str], kind: str) -> bool:
    """Whether more of a kind is shown; what comes after enough is kept as a file."""
    return len(texts) < limits.TEXT_PARTS and sum(map(len, texts)) < MOST[kind]


def _is_file(part: Part) -> bool:
    disposition = str(part.message.get("content-disposition", "")).partition(";")[0]
    named = part.content_type == "text/html" and bool(_given_name(part))
    return disposition.strip().lower() == "attachment" or named


def _text(walk: Walk, part: Part, kind: str) -> str:
    charset = part.charset()
    if not is_known(charset):
        walk.note(f"charset {clean_line(charset, 40)!r} is unknown; it was guessed")
    most = MOST[kind]
    data = part.data(walk.raw)
    enough = most * BYTES_OF_A_CHARACTER
    text = decode_bytes(data[:enough], charset, is_cut=len(data) > enough)
    if len(text) > most or len(data) > enough:
        walk.note("the text is very long; only its beginning is shown")
    text = clean_text(text[:most])
    flowed = parameter(part.message, "format").lower() == "flowed"
    delsp = parameter(part.message, "delsp").lower() == "yes"
    return unflow(text, delsp=delsp) if flowed and kind == "plain" else text


def _file(walk: Walk, part: Part, number: int) -> Attachment:
    disposition = str(part.message.get("content-disposition", "")).partition(";")[0]
    content_id = clean_line(str(part.message.get("content-id", "")), limits.IDENTIFIER)
    return Attachment(
        name=safe_name(_given_name(part) or name_of(part), part.content_type, number),
        content_type=part.content_type,
        data=part.data(walk.raw),
        content_id=content_id.strip("<> "),
        inline=disposition.strip().lower() == "inline" or bool(content_id),
    )


def _given_name(part: Part) -> str:
    name = parameter(part.message, "filename", "content-disposition")
    return decode_words(name or parameter(part.message, "name"))
