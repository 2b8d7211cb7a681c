"""Single facts from the headers: subject, identifiers, date."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from apps.channels.parsing import limits
from apps.channels.parsing.charsets import clean_line
from apps.channels.parsing.headers import Headers, decode_words

IDENTIFIER = re.compile(r"<([^<>]{1,1000})>")


def subject(headers: Headers) -> str:
    return clean_line(decode_words(headers.first("subject")), limits.SUBJECT)


def identifiers(headers: Headers, name: str) -> tuple[str, ...]:
    """Every Message-ID in a field, each as ``<left@right>``; the newest when there are many."""
    value = " ".join(headers.all(name))
    found = IDENTIFIER.findall(value) or value.split()[:1]
    cleaned = (_identifier(item) for item in found)
    return tuple(dict.fromkeys(item for item in cleaned if item))[-limits.REFERENCES :]


def _identifier(value: str) -> str:
    kept = "".join(clean_line(value, 1000).split()).strip("<>")
    return f"<{kept[: limits.IDENTIFIER]}>" if kept else ""


def date(headers: Headers) -> datetime | None:
    """When the mail says it was written, in UTC; nothing when that is no moment."""
    return _moment(headers.first("date")[:200])


def passed_on(headers: Headers) -> datetime | None:
    """When the last mail server on its way had it: each writes its field above the others."""
    return _moment(headers.first("received").rpartition(";")[2][-200:])


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
