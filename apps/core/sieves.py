"""Filters over counted groups: what can be chosen, how much each choice would show."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from urllib.parse import urlencode

from apps.core.text import clean_text

MOST = 10_000
"""So many are counted, and decided in one go."""
MOST_GROUPS = 8
S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of a filter."""

    value: str
    name: str
    count: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter with its values."""

    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Things that are alike in words of a sieve, and how many they are."""

    count: int

    def passes(self, sieve: Any, *, but: str = "") -> bool:
        """Whether a sieve lets them pass; ``but`` names a word that is not asked.

        A word that they do not have is for the database to ask.
        """
        asked = words_of(sieve).items()
        return all(getattr(self, word, value) == value for word, value in asked if word != but)


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """Such things in words, and the address's words that show only them."""

    count: int
    cause: str
    note: str = ""
    query: str
    icon: str
    tone: str = ""
    mark: str = ""


def read_sieve(kind: type[S], words: Mapping[str, str]) -> S:
    """Which things are meant, by the words of an address or a form."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: clean_text(words.get(name, ""))[:200] for name in names})


def filter_view(
    word: str, label: str, groups: Iterable[Counted], sieve: Any, *, name: Callable[[str], str]
) -> Filter:
    """One filter, its largest choice first; what is chosen stays one when nothing has it any more.

    A value's count is what it would show with the other filters as they are.
    """
    chosen = getattr(sieve, word)
    counts: Counter[str] = Counter({chosen: 0} if chosen else {})
    for group in groups:
        if group.passes(sieve, but=word):
            counts[getattr(group, word)] += group.count
    choices = [
        Choice(value=value, name=name(value), count=f"{count:,}", chosen=value == chosen)
        for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return Filter(name=word, label=label, choices=choices)


def words_of(sieve: Any) -> dict[str, str]:
    """The words that a sieve asks for."""
    return {word: value for word, value in vars(sieve).items() if value}


def query(sieve: Any, **more: str) -> str:
    """A sieve as it stands in an address."""
    return urlencode(words_of(sieve) | more)


def total(groups: Iterable[Counted], sieve: Any) -> int:
    """How many pass."""
    return sum(group.count for group in groups if group.passes(sieve))


def counted(number: int) -> str:
    """A count in words, as far as it was counted."""
    return f"more than {MOST:,}" if number > MOST else f"{number:,}"
