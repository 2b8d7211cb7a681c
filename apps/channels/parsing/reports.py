"""What became of a mail of ours: delivery reports, in form or in words, and complaints.

The form is RFC 3464 (message/delivery-status) in RFC 3462 (multipart/report), with the original
or its headers behind it. Without the form, qmail (QSBMF), exim, postfix and Exchange still name
the address, what the other side said, and quote the original with its Message-ID. Whoever calls
a mail spam makes a provider send a feedback report (RFC 5965). Whether that Message-ID is ours is
not decided here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from apps.channels.parsing import limits
from apps.channels.parsing.addresses import ADDRESS, mailboxes
from apps.channels.parsing.charsets import clean_line, clean_text, decode_bytes
from apps.channels.parsing.fields import identifiers
from apps.channels.parsing.headers import Headers, split_head
from apps.channels.parsing.parsed import COMPLAINED, Report, ReportedRecipient
from apps.channels.parsing.structure import Part

STATUSES = {"message/delivery-status", "message/global-delivery-status"}
ORIGINALS = {
    "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers",
    "message/rfc822-headers",
}  # fmt: skip
FEEDBACK = "message/feedback-report"
# What people complain of; mail servers tell each other of other things in the same form.
COMPLAINTS = {"abuse", "fraud"}
RECIPIENT = re.compile(r"^original-rcpt-to[ \t]*:(.{0,400})", re.I | re.M)
# When a report tells several things, the first of these is what it tells.
ACTIONS = ("failed", "delayed", "relayed", "expanded", "delivered")
BY_CLASS = {"5": "failed", "4": "delayed", "2": "delivered"}
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
FIELD = re.compile(r"([A-Za-z-]{1,60})[ \t]*:[ \t]*(.*)")
QUOTED_ID = re.compile(
    r"^[> \t]{0,8}message-id:(?:[ \t]*\n)?[ \t]*(<[^<>\s]{1,250}>)", re.I | re.M
)
BELOW = (
    "below this line is a copy", "this is a copy of", "original message", "undelivered message",
    "included is a copy", "message header follows", "the header of the original", "return-path:",
    "received:", "message-id:", "begin of original", "original-nachricht", "forwarded message",
)  # fmt: skip
DELAYED = (
    "delayed", "has not yet been delivered", "not been delivered yet", "will be retried",
    "will keep trying", "will continue to try", "warning: could not send", "still being attempted",
)  # fmt: skip


def read_report(raw: bytes, headers: Headers, parts: Sequence[Part], text: str) -> Report | None:
    """Read what a mail that is known for a report says; nothing where it says too little."""
    formed = tuple(islice(_in_form(raw, parts), limits.REPORTED))
    recipients = formed or tuple(islice(_in_words(headers, text), limits.REPORTED))
    original = _original(raw, parts, text) or (_answered(headers) if formed else "")
    if not recipients and not original:
        return None
    told = {recipient.action for recipient in recipients} or {_action_in_words(headers, text)}
    action = next((known for known in ACTIONS if known in told), "failed")
    return Report(action=action, recipients=recipients, original_message_id=original)


def read_complaint(raw: bytes, parts: Sequence[Part], text: str) -> Report | None:
    """Read who complains of which mail; nothing where it is about something else."""
    feedback = next((part for part in parts if part.content_type == FEEDBACK), None)
    if feedback is None:
        return None
    told = _text(raw, feedback)
    kind = next(_groups(told), {}).get("feedback-type", "")
    if kind.partition("(")[0].strip().lower() not in COMPLAINTS:
        return None
    named = {address for line in RECIPIENT.findall(told) if (address := _address(line))}
    who = ReportedRecipient(
        address=named.pop() if len(named) == 1 else "",
        action=COMPLAINED,
        status="",
        diagnostic="",
    )
    original = _original(raw, parts, text)
    return Report(action=COMPLAINED, recipients=(who,), original_message_id=original)


def _in_form(raw: bytes, parts: Sequence[Part]) -> Iterator[ReportedRecipient]:
    for part in parts:
        if part.content_type not in STATUSES:
            continue
        for group in _groups(_text(raw, part)):
            if "final-recipient" in group or "original-recipient" in group:
                yield _recipient(group)


def _text(raw: bytes, part: Part) -> str:
    short = replace(part, end=min(part.end, part.start + limits.REPORT))
    return clean_text(decode_bytes(short.data(raw), "utf-8", is_cut=True))


def _groups(text: str) -> Iterator[dict[str, str]]:
    """Yield each group's fields; an empty line ends a group, a blank begins a further line."""
    group: dict[str, str] = {}
    name = ""
    for line in [*text.split("\n"), ""]:
        if not line.strip():
            if group:
                yield group
            group, name = {}, ""
        elif line[0] in " \t" and name:
            group[name] = f"{group[name][: limits.DIAGNOSTIC]} {line.strip()}"
        elif found := FIELD.match(line):
            name = found[1].lower()
            group.setdefault(name, found[2])


def _recipient(group: dict[str, str]) -> ReportedRecipient:
    """Name the recipient as we addressed him: a server may have rewritten the final address."""
    named = (_address(group.get(name, "")) for name in ("original-recipient", "final-recipient"))
    diagnostic = group.get("diagnostic-code", "").split(";", 1)[-1]
    found = STATUS.search(group.get("status", "")[:100]) or STATUS.search(diagnostic[:500])
    status = found[1] if found else ""
    action = re.split(r"[^a-z]", group.get("action", "").strip().lower()[:20], maxsplit=1)[0]
    return ReportedRecipient(
        address=next(filter(None, named), ""),
        action=action if action in ACTIONS else BY_CLASS.get(status[:1], "failed"),
        status=status,
        diagnostic=clean_line(diagnostic, limits.DIAGNOSTIC),
    )


def _address(value: str) -> str:
    found = ADDRESS.search(value.rpartition(";")[2][: limits.LINE])
    address = found[0].strip(".'").lower() if found else ""
    return address if len(address) <= limits.ADDRESS and address.isprintable() else ""


def _original(raw: bytes, parts: Sequence[Part], text: str) -> str:
    """Find the Message-ID of the mail reported on in what came back of it."""
    for part in parts:
        if part.content_type in ORIGINALS:
            short = replace(part, end=min(part.end, part.start + limits.REPORT))
            data = short.data(raw).lstrip(b"\r\n")
            original, _ = split_head(data, 0, len(data), limits.HEADER_BLOCK)
            if found := identifiers(original, "message-id"):
                return found[0]
    quoted = QUOTED_ID.search(text)
    return quoted[1] if quoted else ""


def _answered(headers: Headers) -> str:
    """What a report in its form answers; without the form, an absent person's program does so."""
    answered = identifiers(headers, "in-reply-to") or identifiers(headers, "references")
    return answered[-1] if answered else ""


def _in_words(headers: Headers, text: str) -> Iterator[ReportedRecipient]:
    """Read ``<bob@example.org>: what the other side said`` and its kin above the quoted mail."""
    lines = _said(text)
    action = _action_in_words(headers, text)
    named = [box.address for box in mailboxes(headers, "x-failed-recipients")]
    found = {address: number for number, address in _named(lines)}
    for address in dict.fromkeys([*named, *(() if named else found)]):
        number = found.get(address)
        diagnostic = "" if number is None else _diagnostic(lines, number)
        status = STATUS.search(diagnostic)
        yield ReportedRecipient(
            address=address,
            action=action,
            status=status[1] if status else "",
            diagnostic=diagnostic,
        )


def _said(text: str) -> list[str]:
    """Take the server's own lines, which end where it quotes the original."""
    lines = [line[: limits.LINE].rstrip() for line in text.split("\n", limits.REPORT_LINES)]
    lines = lines[: limits.REPORT_LINES]
    begins = (n for n, line in enumerate(lines) if line.strip("-=> \t").lower().startswith(BELOW))
    return lines[: next(begins, len(lines))]


def _named(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Find the lines that begin with an address, and nothing but brackets before it."""
    for number, line in enumerate(lines):
        begun = line.strip().lstrip("<'\"([ ")
        found = ADDRESS.match(begun[:300].replace(":", " ", 1) if "@" in begun else "")
        if found:
            address = found[0].strip(".'").lower()
            if address.isprintable() and len(address) <= limits.ADDRESS:
                yield number, address


def _diagnostic(lines: list[str], number: int) -> str:
    """Join what stands behind an address and on the lines below it, up to an empty one."""
    first = lines[number].partition("@")[2].partition(" ")[2]
    below: list[str] = []
    rest = lines[number + 1 : number + 8]
    while rest and not below and not first and not rest[0].strip():
        rest = rest[1:]
    for line in rest:
        if not line.strip() or next(_named([line]), None):
            break
        below.append(line.strip())
    return clean_line(" ".join([first, *below]).strip(": "), limits.DIAGNOSTIC)


def _action_in_words(headers: Headers, text: str) -> str:
    said = f"{headers.first('subject')[:300]} {' '.join(_said(text)[:40])}".lower()
    return "delayed" if any(word in said for word in DELAYED) else "failed"
