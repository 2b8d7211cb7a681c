"""What screens and services read of routing."""

import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.accounts.models import Team
from apps.coordination.codec import decode
from apps.coordination.models import Event
from apps.routing.models import RoutingDecision, Rule
from apps.routing.rules import (
    ALWAYS,
    BadCondition,
    Decision,
    Facts,
    Node,
    RuleSpec,
    decide,
    parse,
)
from apps.routing.types import RuleDraft
from apps.tickets.models import Ticket

TRIED_ON = 50


def spec_of(rule: Rule) -> RuleSpec:
    """A stored rule, ready to be tried; one that this release cannot read says so."""
    condition: Node = ALWAYS
    broken = ""
    try:
        condition = parse(rule.conditions)
    except BadCondition as error:
        broken = str(error)
    return RuleSpec(
        id=rule.pk or 0,
        name=rule.name,
        version=rule.version,
        condition=condition,
        broken=broken,
        team=rule.team_id,
        priority=rule.priority,
        tags=tuple(rule.tags),
        stop=rule.stop,
    )


def active_rules() -> list[RuleSpec]:
    """The rules that count now, in their order."""
    return [spec_of(rule) for rule in Rule.objects.active().in_order()]


def rules_with(draft: RuleDraft, *, rule_id: int | None) -> list[RuleSpec]:
    """The active rules as they would be with one of them written anew, or added."""
    rules = [rule for rule in Rule.objects.active() if rule.pk != rule_id]
    values = {name: getattr(draft, name) for name in RuleDraft.__dataclass_fields__}
    drafted = Rule(**values, pk=rule_id, version=0)
    if draft.is_active:
        rules.append(drafted)
    rules.sort(key=lambda rule: (rule.position, rule.pk or math.inf))
    return [spec_of(rule) for rule in rules]


def default_team() -> Team | None:
    """The team of tickets that no rule gives to one, if there is such a team."""
    return Team.objects.filter(slug=settings.ROUTING_DEFAULT_TEAM).first()


def set_by_people(ticket: Ticket) -> set[str]:
    """Which of team and priority a person has set since the ticket was opened."""
    changes = {"TeamChanged": "team", "PriorityChanged": "priority"}
    log = Event.objects.filter(
        stream=ticket.stream, type__in=changes, actor__startswith="user:"
    ).values_list("type", flat=True)
    return {changes[kind] for kind in log}


def decisions_of(ticket_id: int) -> list[RoutingDecision]:
    """Each time a ticket was routed, the latest first; at most twenty."""
    decisions = RoutingDecision.objects.filter(ticket_id=ticket_id).select_related("team")
    return list(decisions.order_by("-id")[:20])


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """A recent ticket under today's rules and under a draft of them."""

    ticket: Ticket
    now: Decision
    then: Decision

    @property
    def differs(self) -> bool:
        """Whether the draft would send it elsewhere."""
        return self.given(self.now) != self.given(self.then)

    @staticmethod
    def given(decision: Decision) -> tuple[Any, ...]:
        """What a ticket gets."""
        return (decision.team, decision.priority, frozenset(decision.tags))


def replay(draft: list[RuleSpec], *, most: int = TRIED_ON) -> list[Replayed]:
    """Decide the latest tickets again, by today's rules and by a draft; nothing is changed."""
    rules, team = active_rules(), default_team()
    default = team.pk if team else None
    latest: dict[int, RoutingDecision] = {}
    recent = RoutingDecision.objects.select_related("ticket").order_by("-id")[: most * 4]
    for decision in recent:
        latest.setdefault(decision.ticket_id, decision)
    return [
        Replayed(
            ticket=decision.ticket,
            now=decide(facts, rules, default_team=default),
            then=decide(facts, draft, default_team=default),
        )
        for decision in list(latest.values())[:most]
        for facts in [decode(Facts, decision.facts)]
    ]
