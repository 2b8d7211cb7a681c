"""What a person asks for at a desk, as its forms say it, and how far it has come."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from django.http import QueryDict

from apps.core.seen import Seen
from apps.core.sieves import MOST
from apps.core.text import read_number

T = TypeVar("T", bound=Seen)
V = TypeVar("V", bound=StrEnum)
MOST_SAID = 5


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A verdict about so many things in words: asked before, and said afterwards."""

    title: str
    does: str
    button: str
    said: str
    needs_reason: bool
    is_grave: bool = False


@dataclass(frozen=True, kw_only=True)
class Order(Generic[T, V]):
    """A decision about some things, and how far it has come."""

    verdict: V
    things: list[T]
    why: str
    sure: bool
    decided: int = 0
    done: tuple[int, ...] = ()
    unmoved: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def tokens(self) -> str:
        """The things as a form carries them."""
        return " ".join(map(str, self.things))

    @property
    def done_ids(self) -> str:
        """What was decided, as a form carries it; only where a desk tells what became of each."""
        return " ".join(map(str, self.done))

    @property
    def over(self) -> int:
        """How many of them are done with, one way or the other."""
        return self.decided + self.unmoved

    @property
    def whole(self) -> int:
        """How many it is about."""
        return self.over + len(self.things)

    def is_clear(self, wording: Wording) -> bool:
        """Whether nothing has to be asked first: a reason, or whether so many are meant."""
        explained = bool(self.why) or not wording.needs_reason
        return explained and (self.sure or len(self.things) == 1)

    def after(
        self, *, decided: int, refused: tuple[str, ...], done: tuple[int, ...] = ()
    ) -> "Order[T, V]":
        """What is left once the first of them were decided or refused, each one or the other."""
        return replace(
            self,
            things=self.things[decided + len(refused) :],
            decided=self.decided + decided,
            done=self.done + done,
            unmoved=self.unmoved + len(refused),
            reasons=(*self.reasons, *refused)[:MOST_SAID],
        )


def read_order(form: QueryDict, *, verdict: V, things: list[T], why: str) -> Order[T, V]:
    """The order that a form gives, with what earlier pages of it carry on."""
    lines = form.get("reasons", "").splitlines()
    numbers = map(read_number, form.get("done", "").split()[:MOST])
    return Order(
        verdict=verdict,
        things=things,
        why=why,
        sure=bool(form.get("sure")),
        decided=read_number(form.get("decided", ""), digits=8) or 0,
        done=tuple(number for number in numbers if number),
        unmoved=read_number(form.get("unmoved", ""), digits=8) or 0,
        reasons=tuple(line for line in lines if line)[:MOST_SAID],
    )


def read_seen(form: QueryDict, kind: type[T], word: str) -> list[T]:
    """The things that were ticked, or that an earlier page carries."""
    tokens = [*form.getlist(word), *form.get(f"{word}s", "").split()][:MOST]
    read = (kind.read(token) for token in dict.fromkeys(tokens))
    return [seen for seen in read if seen]
