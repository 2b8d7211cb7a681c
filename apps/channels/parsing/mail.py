"""One mail, from raw bytes to ParsedMail."""

import hashlib

from apps.channels.parsing import addresses, fields, html, limits
from apps.channels.parsing.automatic import auto_kind
from apps.channels.parsing.bodies import Body, read_body
from apps.channels.parsing.charsets import clean_line
from apps.channels.parsing.headers import Headers, split_head
from apps.channels.parsing.parsed import ParsedMail
from apps.channels.parsing.quotes import split_reply
from apps.channels.parsing.structure import Walk, leaves


def parse_mail(raw: bytes) -> ParsedMail:
    """Read any bytes as a mail, in bounded time; what was odd about them is in ``problems``."""
    start = _begin(raw)
    walk = Walk(raw)
    headers, body_start = split_head(raw, start, len(raw), limits.HEADER_BLOCK)
    body = read_body(walk, leaves(walk, headers, body_start, len(raw)))
    text, visible = _texts(body)
    safe_html = html.sanitise(body.html)
    if body.html.strip() and not safe_html:
        walk.note("the HTML is too entangled to be shown; its text is")
    sender = addresses.sender_of(headers)
    own_identifiers = fields.identifiers(headers, "message-id")
    answered = fields.identifiers(headers, "in-reply-to")
    return ParsedMail(
        message_id=next(iter(own_identifiers), ""),
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
        html=safe_html,
        attachments=body.attachments,
        auto_kind=auto_kind(headers, sender),
        desk_mark=clean_line(headers.first("x-supportcoord"), limits.IDENTIFIER),
        fingerprint=_fingerprint(headers, raw, body_start),
        problems=_problems(headers, walk),
    )


def _begin(raw: bytes) -> int:
    """Skip what may stand before a mail: a byte order mark and empty lines."""
    return len(raw) - len(raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))


def _texts(body: Body) -> tuple[str, str]:
    """Return the full text, and what of it is new."""
    if not body.plain.strip():
        text = html.html_to_text(body.html) if body.html.strip() else ""
        return text, split_reply(text).visible or text
    reply = split_reply(body.plain)
    visible = reply.visible
    if not reply.because and html.marks_quotes(body.html):
        visible = split_reply(html.html_to_text(body.html)).visible or visible
    return body.plain.strip("\n"), visible


def _fingerprint(headers: Headers, raw: bytes, body_start: int) -> str:
    """Hash what stays the same when a mail without Message-ID is delivered once more."""
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
