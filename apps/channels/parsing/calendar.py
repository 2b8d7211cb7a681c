"""What a calendar part is about, in one line (RFC 5545, RFC 5546); nothing of it is acted on."""

import re

from apps.channels.parsing.charsets import clean_line

MOST = 64 * 1024
LINES = 2_000
SHOWN = 120
WORDS = {
    "REQUEST": "Invitation",
    "PUBLISH": "Calendar entry",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time proposed",
}
FIELD = re.compile(r'([A-Za-z-]{1,20})((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)')
START = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?\s*\Z")
ZONE = re.compile(r";TZID=\"?([A-Za-z0-9_+/. -]{1,60})", re.I)
ESCAPED = re.compile(r"\\([\\,;nN])")


def calendar_line(data: bytes) -> str:
    """Say what the first event of a calendar is, and when; empty where that cannot be read."""
    text = data[:MOST].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.replace("\n ", "").replace("\n\t", "").split("\n")[:LINES]
    fields = _fields(lines)
    if "SUMMARY" not in fields and "DTSTART" not in fields:
        return ""
    kind = WORDS.get(fields.get("METHOD", ("", ""))[1].strip().upper(), "Calendar entry")
    what = clean_line(_plain(fields.get("SUMMARY", ("", ""))[1]), SHOWN)
    parts = [part for part in (what, _moment(*fields.get("DTSTART", ("", "")))) if part]
    return f"{kind}: {', '.join(parts)}" if parts else ""


def _fields(lines: list[str]) -> dict[str, tuple[str, str]]:
    """The first METHOD, and what the first event says of itself: parameters and value."""
    found: dict[str, tuple[str, str]] = {}
    inside = ""
    for line in lines:
        match = FIELD.match(line[:1000])
        if not match:
            continue
        name, value = match[1].upper(), match[3].strip()
        if name == "END" and value.upper() == "VEVENT":
            break
        if name == "BEGIN":
            inside = value.upper()
        elif name == "END":
            inside = "VEVENT" if inside == "VALARM" else ""
        elif name == "METHOD" or (inside == "VEVENT" and name in {"SUMMARY", "DTSTART"}):
            found.setdefault(name, (match[2], value))
    return found


def _plain(value: str) -> str:
    return ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)


def _moment(parameters: str, value: str) -> str:
    """Say when it begins as the calendar does: in UTC, in its own zone, or on a day."""
    found = START.match(value)
    if not found:
        return ""
    year, month, day, hour, minute, utc = found.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = ZONE.search(parameters)
    where = " UTC" if utc else f" ({zone[1].strip()})" if zone else ""
    return f"{year}-{month}-{day} {hour}:{minute}{where}"
