"""Every order in which two puppets can take their statements; locks decide what can be.

Nothing is left to chance or to time: the explorer pulls one string after another, sees in
PostgreSQL's own lock table who waits for whom, and goes back for each choice it has not taken.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.make.processes import wait_until
from tests.make.puppets import PATIENCE, At, Puppet

Acts = tuple[Callable[[], Any], ...]
MOST = 2000


@dataclass(frozen=True)
class Choice:
    """A moment at which one of several puppets could go on."""

    options: tuple[int, ...]
    taken: int


@dataclass
class Order:
    """One order, played to its end."""

    choices: list[Choice] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    standstills: int = 0

    def next_start(self) -> list[int] | None:
        """How the next order begins that has not been played; None after the last."""
        for place in reversed(range(len(self.choices))):
            choice = self.choices[place]
            later = choice.options[choice.options.index(choice.taken) + 1 :]
            if later:
                return [before.taken for before in self.choices[:place]] + [later[0]]
        return None


def every_order(company: list[Puppet], stage: Callable[[int], Acts]) -> Iterator[Order]:
    """Play what ``stage`` prepares, anew for each order; yields each when all are at rest."""
    start: list[int] | None = []
    for number in range(MOST):
        if start is None:
            return
        order = play(company, stage(number), start)
        yield order
        start = order.next_start()
    raise AssertionError(f"There are more than {MOST} orders; choose smaller acts.")


def play(company: list[Puppet], acts: Acts, start: list[int]) -> Order:
    """Take the choices of ``start``, and then always the first that is possible."""
    order = Order()
    for puppet, act in zip(company, acts, strict=True):
        puppet.begin(act)
    while options := able(company, order):
        place = len(order.choices)
        taken = start[place] if place < len(start) else options[0]
        assert taken in options, "The same beginning led to another place."
        order.choices.append(Choice(options, taken))
        order.told.append(f"{taken}: {company[taken].where[:70]}")
        company[taken].step()
        for puppet in company:
            if puppet.at is At.WORK:
                puppet.settle()
    return order


def able(company: list[Puppet], order: Order) -> tuple[int, ...]:
    """Who can go on. When all wait for each other, PostgreSQL ends that, and it is counted."""
    if all(puppet.at is At.REST for puppet in company):
        return ()
    if not any(puppet.at is At.STOP for puppet in company):
        order.standstills += 1
        wait_until(lambda: any(puppet.at is not At.WORK for puppet in company), seconds=PATIENCE)
        for puppet in company:
            if puppet.at is At.WORK:
                puppet.settle()
        return able(company, order)
    return tuple(place for place, puppet in enumerate(company) if puppet.at is At.STOP)
