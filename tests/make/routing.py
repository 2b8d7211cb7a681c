"""Builders for routing: rules and facts of which only what matters is said."""

from itertools import count

from django.utils import timezone

from apps.routing.models import Rule
from apps.routing.rules import Facts
from apps.routing.services import route_ticket, save_rule
from apps.routing.types import RoutingOutcome, RuleDraft
from apps.tickets.models import Ticket

numbers = count(1)


def test_of(field: str, operator: str, value: object) -> dict[str, object]:
    """One test as admins write it."""
    return {"field": field, "operator": operator, "value": value}


test_of.__test__ = False


def rule(conditions: object = None, **fields) -> Rule:
    """A rule, written the way every rule is; one that raises the priority, if nothing is said."""
    does_something = {"team_id", "priority", "tags", "stop"} & set(fields)
    defaults = {"name": f"Rule {next(numbers)}"} | ({} if does_something else {"priority": 3})
    draft = RuleDraft(**defaults | {"conditions": conditions or {}} | fields)
    return save_rule(draft=draft, at=timezone.now())


def routed(ticket: Ticket, *, key: str = "", **facts) -> RoutingOutcome:
    """Route a ticket by its facts."""
    return route_ticket(
        key=key or f"run {next(numbers)}",
        ticket_id=ticket.pk,
        facts=Facts(**facts),
        at=timezone.now(),
    )
