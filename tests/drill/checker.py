"""The judge: holds what was acknowledged and done outside against what the database says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.drill.facts import Facts
from tests.drill.judging import (
    acknowledged,
    ends,
    order,
    outside,
    starts,
    steps,
)


class Kind(StrEnum):
    """What can be wrong."""

    LOST = "lost"
    REPEATED = "repeated"
    DISORDERED = "out of order"
    ENDED = "ended by itself"


@dataclass(frozen=True)
class Finding:
    """One broken promise, in a sentence."""

    kind: Kind
    said: str


Check = Callable[[Facts], Iterator[str]]
CHECKS: tuple[tuple[Kind, Check], ...] = (
    (Kind.LOST, acknowledged.lost),
    (Kind.REPEATED, acknowledged.repeated),
    (Kind.LOST, starts.lost),
    (Kind.REPEATED, starts.repeated),
    (Kind.LOST, ends.unfinished),
    (Kind.LOST, ends.asleep),
    (Kind.LOST, steps.unfinished),
    (Kind.REPEATED, steps.repeated),
    (Kind.REPEATED, steps.asked_again),
    (Kind.LOST, outside.lost),
    (Kind.REPEATED, outside.repeated),
    (Kind.REPEATED, outside.unasked),
    (Kind.DISORDERED, order.holes),
    (Kind.DISORDERED, order.commits),
    (Kind.DISORDERED, order.runs),
    (Kind.DISORDERED, order.replies),
    (Kind.DISORDERED, order.writes),
)


def judge(facts: Facts) -> list[Finding]:
    """Every broken promise that can be seen."""
    return [Finding(kind, said) for kind, check in CHECKS for said in check(facts)]
