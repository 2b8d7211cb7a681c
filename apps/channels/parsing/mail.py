"""One mail, from raw bytes to ParsedMail."""

import hashlib
from collections.abc import Sequence

from apps.channels.parsing import addresses, fields, html, limits
from apps.channels.parsing.automatic import auto_kind
from apps.channels.parsing.bodies import Body, read_body
from apps.channels.parsing.charsets import clean_line
from apps.channels.parsing.forwarded import read_forwarded
from apps.channels.parsing.headers import Headers, split_head
from apps.channels.parsing.parsed import Head, ParsedMail, Report
from apps.channels.parsing.reports import read_complaint, read_report
from apps.channels.parsing.sealed import note_seals
from apps.channels.parsing.spam import spam_verdict
from apps.channels.parsing.structure import Part, Walk, leaves
from apps.channels.parsing.texts import read_texts
from apps.channels.parsing.vouching import disowned_by, vouched_by


def parse_mail(raw: bytes) -> ParsedMail:
    """Read any bytes as a mail, in bounded time; what was odd about them is in ``problems``."""
    start = _begin(raw)
    walk = Walk(raw)
    headers, body_start = split_head(raw, start, len(raw), limits.HEADER_BLOCK)
    parts = leaves(walk, headers, body_start, len(raw))
    body = read_body(walk, parts)
    text, visible = read_texts(body)
    sender = addresses.sender_of(headers)
    kind = auto_kind(headers, sender)
    answered = fields.identifiers(headers, "in-reply-to")
    note_seals(walk, parts, text)
    return ParsedMail(
        message_id=next(iter(fields.identifiers(headers, "message-id")), ""),
        in_reply_to=next(iter(answered), ""),
        references=(*fields.identifiers(headers, "references"), *answered[1:]),
        subject=fields.subject(headers),
        sender=sender,
        reply_to=next(iter(addresses.mailboxes(headers, "reply-to")), addresses.NOBODY),
        to=addresses.mailboxes(headers, "to"),
        cc=addresses.mailboxes(headers, "cc"),
        delivered_to=addresses.delivered_to(headers),
        date=fields.date(headers),
        text=text,
        visible=visible,
        html=_safe_html(walk, body),
        attachments=body.attachments,
        auto_kind=kind,
        desk_mark=clean_line(headers.first("x-supportcoord"), limits.IDENTIFIER),
        fingerprint=_fingerprint(headers, raw, body_start),
        problems=_problems(headers, walk),
        report=_report(kind, raw, headers, parts, text),
        forwarded=None if kind else read_forwarded(raw, headers, parts, text, visible),
        spam=spam_verdict(headers),
        vouched_by=vouched_by(headers, sender.domain),
        disowned_by=disowned_by(headers, sender.domain),
        passed_on=fields.passed_on(headers),
    )


def read_head(raw: bytes) -> Head:
    """Read of a mail only what its headers say, each as ``parse_mail`` does."""
    headers, _ = split_head(raw, _begin(raw), len(raw), limits.HEADER_BLOCK)
    sender = addresses.sender_of(headers)
    kind = auto_kind(headers, sender)
    return Head(sender=sender.address, auto_kind=kind, date=fields.date(headers))


def _begin(raw: bytes) -> int:
    """Skip what may stand before a mail: a byte order mark and empty lines."""
    return len(raw) - len(raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))


def _report(
    kind: str, raw: bytes, headers: Headers, parts: Sequence[Part], text: str
) -> Report | None:
    """What a machine tells of a mail of ours; a person's mail tells nothing of that kind."""
    if kind == "bounce":
        return read_report(raw, headers, parts, text)
    return read_complaint(raw, parts, text) if kind == "auto_generated" else None


def _safe_html(walk: Walk, body: Body) -> str:
    safe = html.sanitise(body.html)
    if body.html.strip() and not safe:
        walk.note("the HTML is too entangled to be shown; its text is")
    return safe


def _fingerprint(headers: Headers, raw: bytes, body_start: int) -> str:
    """Hash what stays the same when a mail without Message-ID is delivered once more.

    Without a date too, only the very same bytes are the same mail: programs write alike each day.
    """
    if "date" not in headers:
        return hashlib.sha256(raw).hexdigest()
    digest = hashlib.sha256()
    for name in ("from", "to", "date", "subject"):
        digest.update(headers.first(name).encode("utf-8", "replace") + b"\0")
    digest.update(memoryview(raw)[body_start:])
    return digest.hexdigest()


def _problems(headers: Headers, walk: Walk) -> tuple[str, ...]:
    found = list(walk.problems)
    if "from" not in headers:
        found.append("the mail has no From")
    if "date" in headers and fields.date(headers) is None:
        found.append("the date cannot be read")
    return tuple(found)
