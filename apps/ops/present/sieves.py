"""The filters of the dead-letter desk, each value with its count, and the largest groups."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from apps.coordination.models import Run
from apps.coordination.states import RunState
from apps.core.sieves import MOST_GROUPS, Choice, Filter, GroupView, filter_view, query
from apps.ops.present.veil import plain
from apps.ops.present.words import cause, outside, run_look
from apps.ops.types import AGES, NOWHERE, Group, Sieve

Name = Callable[[str], str]
STATES = {RunState.IN_DOUBT: "in doubt", RunState.DEAD: "stopped"}
LABELS: dict[str, tuple[str, Name]] = {
    "state": ("State", lambda value: STATES.get(RunState(value), value)),
    "flow": ("Flow", str),
    "destination": ("Destination", outside),
    "cause": ("Cause", cause),
}


def filters(groups: Sequence[Group], sieve: Sieve) -> list[Filter]:
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


def group_views(groups: Iterable[Group], sieve: Sieve) -> list[GroupView]:
    """The largest ways of having stopped, among those that pass."""
    passing = [group for group in groups if group.passes(sieve)]
    return [group_view(group, sieve) for group in passing[:MOST_GROUPS]]


def group_view(group: Group, sieve: Sieve) -> GroupView:
    """Dead letters that stopped in the same way."""
    look = run_look(Run(state=group.state))
    where = "" if group.destination == NOWHERE else f", {group.destination}"
    words = ("state", "flow", "destination", "cause")
    return GroupView(
        count=group.count,
        cause=cause(group.cause),
        note=f"{group.flow}{where}",
        query=query(replace(sieve, **{word: getattr(group, word) for word in words})),
        icon=look.icon,
        tone=look.tone,
        mark=look.name,
    )
