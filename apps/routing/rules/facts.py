"""What routing may know of a ticket, and which questions a condition may ask about it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

LONGEST_TEXT = 4_000
"""Only this much of a text is looked at and kept: what a decision saw can be shown for ever."""

LONGEST_WORD = 200


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A ticket as rules see it; what is not known is empty or None."""

    label: str = ""
    confidence: float | None = None
    language: str = ""
    urgency: str = ""
    channel: str = ""
    customer_tier: str = ""
    order_known: bool = False
    order_status: str = ""
    order_total: float | None = None
    order_delayed: bool = False
    subject: str = ""
    text: str = ""


Known: TypeAlias = str | float | bool | None
"""What a fact's value may be."""


class Kind(StrEnum):
    """What sort of value a field has."""

    WORD = "word"
    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


FIELDS: Mapping[str, Kind] = {
    "label": Kind.WORD,
    "confidence": Kind.NUMBER,
    "language": Kind.WORD,
    "urgency": Kind.WORD,
    "channel": Kind.WORD,
    "customer_tier": Kind.WORD,
    "order_known": Kind.FLAG,
    "order_status": Kind.WORD,
    "order_total": Kind.NUMBER,
    "order_delayed": Kind.FLAG,
    "subject": Kind.TEXT,
    "text": Kind.TEXT,
    "words": Kind.TEXT,
}
"""Every field a condition may name; ``words`` are those of subject and text together."""

OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.WORD: ("is", "is_not", "in", "not_in"),
    Kind.NUMBER: ("is", "at_least", "at_most", "above", "below"),
    Kind.FLAG: ("is",),
    Kind.TEXT: ("contains_any", "contains_all", "contains_none"),
}


def trimmed(facts: Facts) -> Facts:
    """The facts as they are looked at and kept: bounded, storable, finite."""
    words = {name: clean(getattr(facts, name), LONGEST_WORD) for name in names_of(Kind.WORD)}
    numbers = {name: finite(getattr(facts, name)) for name in names_of(Kind.NUMBER)}
    texts = {name: clean(getattr(facts, name), LONGEST_TEXT) for name in ("subject", "text")}
    kept: dict[str, Any] = {**words, **numbers, **texts}
    return replace(facts, **kept)


def names_of(kind: Kind) -> list[str]:
    """The fields of one kind."""
    return [name for name, its in FIELDS.items() if its is kind]


def clean(text: str, length: int) -> str:
    """Text that PostgreSQL can keep: cut, without NUL bytes and lone surrogates."""
    return text[:length].replace("\x00", "").encode("utf-8", "replace").decode()


def finite(number: float | None) -> float | None:
    """A number that can be compared and kept; infinities and NaN count as not known."""
    return float(number) if number is not None and math.isfinite(number) else None


def known(facts: Facts, field: str) -> Known:
    """The value of a field."""
    if field == "words":
        return f"{facts.subject}\n{facts.text}"
    value: Known = getattr(facts, field)
    return value


def normal(text: str) -> str:
    """Text as words are looked for in it: case-folded, each run of other signs one space."""
    folded = text.casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split())


def found(phrase: str, text: str) -> bool:
    """Tell whether a phrase stands in ``normal`` text as whole words.

    A star at an end lets the word go on there: ``invoic*`` finds invoices, ``*返品*`` finds it
    anywhere, as languages without spaces need.
    """
    core = normal(phrase)
    before = "" if phrase.startswith("*") else " "
    after = "" if phrase.endswith("*") else " "
    return bool(core) and f"{before}{core}{after}" in f" {text} "
