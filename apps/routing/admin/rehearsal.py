"""What a draft would change, as rows that a page can show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.routing.queries import Replayed
from apps.routing.rules import Decision
from apps.tickets.models import Ticket
from apps.tickets.states import Priority


@dataclass(frozen=True, kw_only=True)
class Change:
    """One ticket that a draft would send elsewhere."""

    ticket: Ticket
    now: str
    then: str
    why: str


def compared(replayed: Iterable[Replayed], teams: Mapping[int, str]) -> list[Change]:
    """The tickets that would go elsewhere, with both decisions in words."""
    return [
        Change(
            ticket=one.ticket,
            now=in_words(one.now, teams),
            then=in_words(one.then, teams),
            why=" ".join(reasons(one.then)),
        )
        for one in replayed
        if one.differs
    ]


def in_words(decision: Decision, teams: Mapping[int, str]) -> str:
    """A decision in a few words."""
    team = teams.get(decision.team or 0, "no team")
    priority = Priority(decision.priority).label if decision.priority else "priority unchanged"
    return ", ".join([team, priority, *decision.tags])


def reasons(decision: Decision) -> list[str]:
    """Why, in sentences, each once."""
    said = dict.fromkeys([decision.team_because, decision.priority_because])
    return [reason for reason in said if reason]
