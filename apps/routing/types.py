"""What goes in and out of routing, as plain values."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """A rule as somebody wants it to be."""

    name: str
    position: int = 100
    is_active: bool = True
    conditions: Any = field(default_factory=dict)
    team_id: int | None = None
    priority: int | None = None
    tags: tuple[str, ...] = ()
    stop: bool = False


@dataclass(frozen=True, kw_only=True)
class RoutingOutcome:
    """Where a ticket was sent, as the flow remembers it."""

    decision_id: int
    team_id: int | None
    team: str
    priority: int | None
    tags: tuple[str, ...]
    rules: tuple[str, ...]
    because: str
    kept: tuple[str, ...]
