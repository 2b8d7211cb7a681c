"""What was stored, as an operator may read it: laid out, cut, and without secrets."""

import json
import re
from dataclasses import dataclass
from types import NoneType
from typing import Any

VEILED = "•••"
ONE_LINE = 40
NAME = r"pass(word|wd|phrase)?|secret|token|authori[sz]ation|api_?-?key|credential|cookie|private"
SECRET_NAME = re.compile(rf"({NAME})", re.IGNORECASE)
SECRET_PAIR = re.compile(rf'("[^"]*(?:{NAME})[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*("|$)', re.IGNORECASE)
SECRET_PART = re.compile(rf'"[^"]*(?:{NAME})[^"]*"\s*:\s*[\[{{]', re.IGNORECASE)
LOOSE = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {VEILED}"),
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), f"://{VEILED}@"),
    (re.compile(r"sealed:[\w=-]+"), VEILED),
    (re.compile(r"\b(sk|pk|rk|whsec)[-_][\w-]{8,}"), rf"\1-{VEILED}"),
)
STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A stored text with what to say beside it."""

    text: str
    note: str = ""


def shown(head: str | None, size: int | None) -> Shown:
    """A JSON value from its beginning and its whole length: pretty when it is all there."""
    if not head or size is None:
        return Shown(text="")
    if size <= len(head):
        value = veiled(json.loads(head))
        short = json.dumps(value, ensure_ascii=False)
        pretty = json.dumps(value, ensure_ascii=False, indent=2)
        return Shown(text=plain(short if len(short) <= ONE_LINE else pretty))
    note = f"{weight(size)} in all; the first {len(head):,} characters are shown."
    return Shown(text=plain(veiled_text(head)) + " …", note=note)


def veiled(value: Any) -> Any:
    """A JSON value whose secrets are hidden, at any depth."""
    if isinstance(value, dict):
        return {name: veiled_under(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [veiled(each) for each in value]
    return value


def veiled_under(name: str, value: Any) -> Any:
    """What stands under a name: nothing of it when the name speaks of a secret."""
    hides = SECRET_NAME.search(name) and not isinstance(value, bool | int | float | NoneType)
    return VEILED if hides and value not in ("", [], {}) else veiled(value)


def veiled_text(text: str) -> str:
    """The beginning of a JSON text whose secrets are hidden; cut where a whole part is one."""
    part = SECRET_PART.search(text)
    return SECRET_PAIR.sub(rf'\g<1>"{VEILED}"', text[: part.start()] if part else text)


def plain(text: str) -> str:
    """Text for a page: no secrets that are known by their look, and nothing that is not seen."""
    for looks, instead in LOOSE:
        text = looks.sub(instead, text)
    return STRANGE.sub("\N{REPLACEMENT CHARACTER}", text)


def weight(characters: int) -> str:
    """A size in words."""
    if characters >= 1_000_000:
        return f"{characters / 1_000_000:.1f} million characters"
    return f"{characters:,} characters"
