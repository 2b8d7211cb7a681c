"""Filters over counted groups: what can be chosen, how much each choice would show."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode


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


class Counted(Protocol):
    """A group of things that a sieve lets pass or not, as one of its words may ask."""

    @property
    def count(self) -> int:
        """How many they are."""
        ...

    def passes(self, sieve: Any, *, but: str = "") -> bool:
        """Whether the sieve lets them pass; ``but`` is the word that is not asked."""
        ...


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


def query(sieve: Any, **more: str) -> str:
    """A sieve as it stands in an address."""
    words = {**vars(sieve), **more}
    return urlencode({word: value for word, value in words.items() if value})


def total(groups: Iterable[Counted], sieve: Any) -> int:
    """How many pass."""
    return sum(group.count for group in groups if group.passes(sieve))


def counted(number: int, *, most: int) -> str:
    """A count in words, as far as it was counted."""
    return f"more than {most:,}" if number > most else f"{number:,}"
