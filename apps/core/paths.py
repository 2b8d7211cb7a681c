"""Reading other people's JSON by paths such as ``order.lines.0.sku``: typed, bounded, cleaned."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.core.errors import Refused

STEP = r"[^.|\s=][^.|\n]{0,99}"
PATH = re.compile(rf"{STEP}(\.{STEP}){{0,9}}")
NEVER_STORED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
LARGEST = Decimal(10) ** 13
MILLISECONDS = 100_000_000_000


class UnreadableField(Refused):
    """A value in somebody's JSON is not what the mapping says."""

    message = "{path} is {value}, which is not {wanted}."


def is_path(text: object) -> bool:
    """Tell whether a text is a path, paths between ``|`` (the first that finds), or ``=words``."""
    if not isinstance(text, str) or len(text) > 300:
        return False
    return text.startswith("=") or all(PATH.fullmatch(part) for part in text.split("|"))


def dig(data: Any, path: str) -> Any:
    """What lies at the path, or None. An empty path is the whole, ``=EUR`` is the words EUR."""
    if path.startswith("="):
        return path[1:]
    for way in path.split("|"):
        found = data
        for step in way.split(".") if way else ():
            found = inside(found, step)
        if found is not None:
            return found
    return None


def inside(data: Any, step: str) -> Any:
    """One step: a name in an object, or a place in a list (-1 is the last)."""
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list) and re.fullmatch(r"-?\d{1,6}", step):
        place = int(step)
        return data[place] if -len(data) <= place < len(data) else None
    return None


def unreadable(path: str, value: Any, wanted: str) -> UnreadableField:
    """The sentence for a wrong value; it shows little of what may be hostile."""
    kinds: dict[type, str] = {list: "a list", dict: "an object"}
    shown = kinds.get(type(value)) or clean(repr(value))[:60]
    return UnreadableField(path=path or "the answer", value=shown, wanted=wanted)


def clean(text: str) -> str:
    """Text without what PostgreSQL cannot store or a page cannot show."""
    return NEVER_STORED.sub("", text).strip()


def text_at(data: Any, path: str, *, most: int) -> str:
    """A short text on one line; numbers are written out, nothing is the empty text."""
    value = dig(data, path)
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(clean(value).split())[:most]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)[:most]
    raise unreadable(path, value, "text")


def number_at(data: Any, path: str) -> Decimal | None:
    """A number, or None. Raises UnreadableField for anything beyond thirteen digits."""
    value = dig(data, path)
    if value is None or value == "":
        return None
    number = as_number(value)
    if number is None:
        raise unreadable(path, value, "a number of at most 13 digits")
    return number


def as_number(value: Any) -> Decimal | None:
    """The number a JSON value means, if it means one of bearable size."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def time_at(data: Any, path: str) -> datetime | None:
    """A moment, or None: ISO 8601, or seconds or milliseconds since 1970. Without a zone: UTC."""
    value = dig(data, path)
    if value is None or value == "":
        return None
    moment = as_time(value)
    if moment is None:
        raise unreadable(path, value, "a date")
    return moment


def as_time(value: Any) -> datetime | None:
    """The moment a JSON value means, if it means one."""
    number = as_number(value)
    try:
        if number is not None:
            seconds = float(number if number < MILLISECONDS else number / 1000)
            return datetime.fromtimestamp(seconds, tz=UTC)
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (AttributeError, ValueError, OverflowError, OSError):
        return None


def list_at(data: Any, path: str, *, most: int) -> list[Any]:
    """The first values of a list; nothing is the empty list."""
    value = dig(data, path)
    if value is None:
        return []
    if not isinstance(value, list):
        raise unreadable(path, value, "a list")
    return value[:most]
