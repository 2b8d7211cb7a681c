"""Which mail server says that a mail is of whom it names as its sender, or is not (RFC 8601).

For a sender only the topmost Authentication-Results counts, for servers write theirs above what
came with the mail; against one any of the first few does. Whoever reads the answer decides
whether that server is one's own: anybody can write a name.
"""

import re

from apps.channels.parsing.headers import Headers

VALUE = 4000
RESULTS = 50
FIELDS = 20
QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
COMMENT = re.compile(r"\([^()]*\)")
NAME = re.compile(r"\s*([a-z0-9][a-z0-9._-]{0,252})(?:\s+1)?\s*\Z", re.IGNORECASE)
PASSED = re.compile(r"\s*(dkim|dmarc|spf)\s*=\s*pass(?:\s|\Z)", re.IGNORECASE)
FAILED = re.compile(r"\s*(dkim|dmarc|spf)\s*=\s*(?:soft)?fail(?:\s|\Z)", re.IGNORECASE)
PROPERTY = re.compile(r"\b(header\.d|header\.from|smtp\.mailfrom)\s*=\s*(\S{1,320})", re.I)
ABOUT = {"dkim": "header.d", "dmarc": "header.from", "spf": "smtp.mailfrom"}


def vouched_by(headers: Headers, domain: str) -> str:
    """Name the server that says a mail is of this domain, by DKIM, DMARC or SPF; else nothing."""
    bare = _bare(headers.first("authentication-results")[:VALUE].lower())
    name, *results = bare.split(";", RESULTS)
    server = NAME.match(name)
    if not server or not domain:
        return ""
    return server[1] if any(_vouches(result, domain) for result in results) else ""


def disowned_by(headers: Headers, domain: str) -> tuple[str, ...]:
    """Name the servers that say a mail is not of this domain, or more than can be read.

    DMARC is asked about the sender itself; DKIM and SPF count where they are about its domain and
    nothing in the same field vouches for it.
    """
    values = headers.all("authentication-results")[:FIELDS]
    named = ((NAME.match(value[:VALUE].partition(";")[0].lower()), value) for value in values)
    found = (server[1] for server, value in named if server and _speaks_against(value, domain))
    return tuple(dict.fromkeys(found))


def _speaks_against(value: str, domain: str) -> bool:
    """Whether a field says that a mail is not of this domain, or cannot be read."""
    bare = _bare(value[:VALUE].lower())
    _, *results = bare.split(";")
    if len(value) > VALUE or len(results) > RESULTS or not bare:
        return True
    failed = [(found[1], result) for result in results if (found := FAILED.match(result))]
    if any(method == "dmarc" for method, _ in failed):
        return True
    is_vouched_for = any(_vouches(result, domain) for result in results)
    return not is_vouched_for and any(_is_about(result, how, domain) for how, result in failed)


def _bare(value: str) -> str:
    """Drop what is quoted and commented: others wrote it. What is left over of either is odd."""
    value = COMMENT.sub(" ", COMMENT.sub(" ", QUOTED.sub(" ", value)))
    return "" if set('"()\\') & set(value) else value


def _vouches(result: str, domain: str) -> bool:
    """Whether one result passed for the domain itself, or for one above it that signed."""
    passed = PASSED.match(result)
    if not passed:
        return False
    return _is_about(result, passed[1], domain)


def _is_about(result: str, method: str, domain: str) -> bool:
    """Whether a result is about the domain itself, or for DKIM about one above it."""
    values = {value for name, value in PROPERTY.findall(result) if name == ABOUT[method]}
    if len(values) != 1:
        return False
    proven = values.pop().rpartition("@")[2].rstrip(".")
    return proven == domain or (
        method == "dkim" and "." in proven and domain.endswith(f".{proven}")
    )
