"""What somebody saw when they decided: which thing, and at which of its turns."""

from dataclasses import dataclass, fields
from typing import Self

from apps.core.text import read_number


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A thing as somebody saw it. Its two numbers go out with a page and come back with a form."""

    def __str__(self) -> str:
        return ".".join(map(str, vars(self).values()))

    @classmethod
    def read(cls, token: str) -> Self | None:
        """What ``str`` wrote; None for anything else."""
        which, _, turn = token.partition(".")
        numbers = read_number(which), read_number(turn, digits=9)
        if None in numbers:
            return None
        return cls(**dict(zip((field.name for field in fields(cls)), numbers, strict=True)))
