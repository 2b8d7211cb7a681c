"""Routing a ticket: decide by the active rules, record the decision, apply it."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from apps.accounts.models import Team
from apps.core.db import locked
from apps.routing.models import RoutingDecision
from apps.routing.queries import active_rules, default_team, set_by_people
from apps.routing.rules import Decision, Facts, decide, trimmed
from apps.routing.types import RoutingOutcome
from apps.tickets.models import Ticket
from apps.tickets.services.changing import add_tags, change_priority, change_team
from apps.tickets.states import Priority


@transaction.atomic
def route_ticket(*, key: str, ticket_id: int, facts: Facts, at: datetime) -> RoutingOutcome:
    """Send a ticket where the rules say; the second call with a key returns the first outcome.

    What a person has set since the ticket was opened stays, and the outcome says so.
    """
    ticket = locked(Ticket, ticket_id)
    if earlier := RoutingDecision.objects.filter(key=key).select_related("team").first():
        return outcome_of(earlier)
    team = default_team()
    decision = decide(facts, active_rules(), default_team=team.pk if team else None)
    kept = apply(ticket, decision, at=at)
    record = RoutingDecision.objects.create(
        key=key,
        ticket=ticket,
        facts=asdict(trimmed(facts)),
        tried=[asdict(trial) for trial in decision.tried],
        team_id=decision.team,
        priority=decision.priority,
        tags=list(decision.tags),
        rule_names=[str(winner) for winner in decision.winners],
        because=because(decision),
        kept=kept,
        at=at,
    )
    return outcome_of(record)


def apply(ticket: Ticket, decision: Decision, *, at: datetime) -> list[str]:
    """Give the ticket what was decided; returns what was left as it was, in sentences."""
    people = set_by_people(ticket)
    kept = [keeps_team(ticket, decision, people), keeps_priority(ticket, decision, people)]
    if decision.team is not None and not kept[0]:
        change_team(ticket_id=ticket.pk, team_id=decision.team, why=decision.team_because, at=at)
    if decision.priority is not None and not kept[1]:
        change_priority(
            ticket_id=ticket.pk,
            priority=decision.priority,
            why=decision.priority_because,
            at=at,
        )
    if decision.tags:
        names = ", ".join(str(winner) for winner in decision.winners)
        add_tags(ticket_id=ticket.pk, tags=decision.tags, why=f"Rules: {names}.", at=at)
    return [sentence for sentence in kept if sentence]


def keeps_team(ticket: Ticket, decision: Decision, people: set[str]) -> str:
    """Why the team stays although another was decided, or nothing."""
    if decision.team in (None, ticket.team_id):
        return ""
    if "team" in people:
        return f"Team {team_name(ticket.team_id)} was set by a person and stays."
    if not decision.team_by_rule and ticket.team_id is not None:
        return f"Team {team_name(ticket.team_id)} stays: no rule named another."
    return ""


def keeps_priority(ticket: Ticket, decision: Decision, people: set[str]) -> str:
    """Why the priority stays although another was decided, or nothing."""
    if decision.priority in (None, ticket.priority):
        return ""
    name = Priority(ticket.priority).label
    if "priority" in people:
        return f"Priority {name} was set by a person and stays."
    if ticket.escalated_at is not None and decision.priority < ticket.priority:
        return f"Priority {name} stays: the ticket was escalated."
    return ""


def team_name(team_id: int | None) -> str:
    """A team's name in a sentence."""
    team = Team.objects.filter(pk=team_id).first() if team_id else None
    return f"“{team.name}”" if team else "(none)"


def because(decision: Decision) -> str:
    """The decision's reasons in sentences."""
    reasons = dict.fromkeys([decision.team_because, decision.priority_because])
    return " ".join(reason for reason in reasons if reason) or "No rule matched."


def outcome_of(record: RoutingDecision) -> RoutingOutcome:
    """A recorded decision, as the flow remembers it."""
    return RoutingOutcome(
        decision_id=record.pk,
        team_id=record.team_id,
        team=record.team.name if record.team else "",
        priority=record.priority,
        tags=tuple(record.tags),
        rules=tuple(record.rule_names),
        because=record.because,
        kept=tuple(record.kept),
    )
