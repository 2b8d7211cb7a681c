"""The filters of the dead-letter desk, each value with its count, and the largest groups."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from apps.coordination.models import Run
from apps.coordination.states import RunState
from apps.core.sieves import Choice, Filter, filter_view, query
from apps.ops.present.veil import plain
from apps.ops.present.words import Look, cause, outside, run_look
from apps.ops.types import AGES, NOWHERE, Group, Sieve

MOST_GROUPS = 8


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """Dead letters that stopped in the same way."""

    count: int
    look: Look
    cause: str
    flow: str
    destination: str
    query: str


Name = Callable[[str], str]
STATES = {RunState.IN_DOUBT: "in doubt", RunState.DEAD: "stopped"}
LABELS: dict[str, tuple[str, Name]] = {
    "state": ("State", lambda value: STATES.get(RunState(value), value)),
    "flow": ("Flow", str),
    "destination": ("Destination", outside),
    "cause": ("Cause", cause),
}


def filters(groups: list[Group], sieve: Sieve) -> list[Filter]:
    """Every filter; a value's count is what it would show with the other filters as they are."""
    views = [
        filter_view(word, label, groups, sieve, name=partial(named, name))
        for word, (label, name) in LABELS.items()
    ]
    ages = [
        Choice(
            value=age,
            name=f"over a{'n' if age == 'hour' else ''} {age} ago",
            count="",
            chosen=age == sieve.age,
        )
        for age in AGES
    ]
    return [*views, Filter(name="age", label="Stopped", choices=ages)]


def named(name: Name, value: str) -> str:
    """A value in words; an odd one from an address as it is."""
    try:
        return plain(name(value))
    except ValueError:
        return plain(value)


def group_views(groups: list[Group], sieve: Sieve) -> list[GroupView]:
    """The largest ways of having stopped, among those that pass."""
    passing = [group for group in groups if group.passes(sieve)]
    return [
        GroupView(
            count=group.count,
            look=look_of(group.state),
            cause=cause(group.cause),
            flow=group.flow,
            destination="" if group.destination == NOWHERE else group.destination,
            query=query(
                replace(
                    sieve,
                    state=group.state,
                    flow=group.flow,
                    destination=group.destination,
                    cause=group.cause,
                )
            ),
        )
        for group in passing[:MOST_GROUPS]
    ]


def look_of(state: str) -> Look:
    """How a parked state looks."""
    return run_look(Run(state=state))
