"""Which mail server says that a mail is of whom it names as its sender (RFC 8601).

Only the topmost Authentication-Results counts, for servers write theirs above what came with the
mail. Whoever reads the answer decides whether that server is one's own: anybody can write a name.
"""

import re

from apps.channels.parsing.headers import Headers

VALUE = 4000
FIELDS = 50
QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
COMMENT = re.compile(r"\([^()]*\)")
NAME = re.compile(r"\s*([a-z0-9][a-z0-9._-]{0,252})(?:\s+1)?\s*\Z", re.IGNORECASE)
PASSED = re.compile(r"\s*(dkim|dmarc|spf)\s*=\s*pass(?:\s|\Z)", re.IGNORECASE)
PROPERTY = re.compile(r"\b(header\.d|header\.from|smtp\.mailfrom)\s*=\s*(\S{1,320})", re.I)
ABOUT = {"dkim": "header.d", "dmarc": "header.from", "spf": "smtp.mailfrom"}


def vouched_by(headers: Headers, domain: str) -> str:
    """Name the server that says a mail is of this domain, by DKIM, DMARC or SPF; else nothing."""
    bare = _bare(headers.first("authentication-results")[:VALUE].lower())
    name, *results = bare.split(";", FIELDS)
    server = NAME.match(name)
    if not server or not domain:
        return ""
    return server[1] if any(_vouches(result, domain) for result in results) else ""


def _bare(value: str) -> str:
    """Drop what is quoted and commented: others wrote it. What is left over of either is odd."""
    value = COMMENT.sub(" ", COMMENT.sub(" ", QUOTED.sub(" ", value)))
    return "" if set('"()\\') & set(value) else value


def _vouches(result: str, domain: str) -> bool:
    """Whether one result passed for the domain itself, or for one above it that signed."""
    passed = PASSED.match(result)
    if not passed:
        return False
    method = passed[1]
    values = {value for name, value in PROPERTY.findall(result) if name == ABOUT[method]}
    if len(values) != 1:
        return False
    proven = values.pop().rpartition("@")[2].rstrip(".")
    return proven == domain or (
        method == "dkim" and "." in proven and domain.endswith(f".{proven}")
    )
