"""Which flows exist, in which versions, and which events start them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from string import Formatter
from typing import Any

from apps.coordination.types import Event, OnDead
from apps.core.errors import Refused


class UnknownFlow(Refused):
    """No code for a flow, or for that version of it, is in this release."""

    message = "Flow {flow} version {version} is not in this release."


def always(_: Any) -> bool:
    """Every event of its kind starts a flow that says nothing else."""
    return True


def whereabouts(story: Callable[[Any], None]) -> tuple[str, str]:
    """Where a story is defined; a module that is read twice defines the same one again."""
    return story.__module__, story.__qualname__


def check_braces(text: str, known: Collection[str], *, of: str) -> None:
    """Raise TypeError when a lane or a destination names a value that is not there."""
    for _, name, _, _ in Formatter().parse(text):
        if name is not None and name not in known:
            problem = f"{{{name}}} in {text!r} is nothing that {of} has."
            raise TypeError(problem)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One version of a process: its story, what starts it, and what its death means."""

    name: str
    version: int
    story: Callable[[Any], None]
    input_type: type[Any]
    on: tuple[type[Event], ...]
    on_dead: OnDead
    lane: str = ""
    when: Callable[[Any], bool] = always

    def __post_init__(self) -> None:
        for event in self.on:
            check_braces(self.lane, [part.name for part in fields(event)], of=event.__qualname__)


class Registry:
    """The flows of this release; new runs take the newest version, old ones keep theirs."""

    def __init__(self) -> None:
        self.flows: dict[tuple[str, int], Flow] = {}

    def add(self, flow: Flow) -> None:
        """Make a flow known. The same name and version twice is a mistake."""
        key = (flow.name, flow.version)
        known = self.flows.get(key)
        if known and whereabouts(known.story) != whereabouts(flow.story):
            problem = f"Flow {flow.name} version {flow.version} is defined twice."
            raise ValueError(problem)
        self.flows[key] = flow

    def find(self, name: str, version: int) -> Flow:
        """Return exactly that version, or raise UnknownFlow."""
        try:
            return self.flows[name, version]
        except KeyError:
            raise UnknownFlow(flow=name, version=version) from None

    def newest(self, name: str) -> Flow:
        """Return the version that new runs take."""
        versions = [version for known, version in self.flows if known == name]
        if not versions:
            raise UnknownFlow(flow=name, version="any")
        return self.flows[name, max(versions)]

    def started_by(self, event: Event) -> list[Flow]:
        """The newest version of each flow that this event starts."""
        names = sorted({name for name, _ in self.flows})
        newest = (self.newest(name) for name in names)
        return [flow for flow in newest if type(event) in flow.on and flow.when(event)]


registry = Registry()
