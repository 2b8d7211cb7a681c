"""Guarantee: a routing decision explains itself from what was stored, whatever came later."""

from dataclasses import asdict

import pytest
from django.utils import timezone

from apps.coordination.codec import decode, encode
from apps.routing.models import RoutingDecision, Rule, RuleVersion
from apps.routing.rules import Facts, RuleSpec, decide, parse
from apps.routing.services import save_rule
from apps.routing.services.writing import draft_of
from apps.routing.types import RuleDraft
from tests.make.routing import routed, rule, test_of
from tests.make.tickets import team, ticket

pytestmark = pytest.mark.django_db


def rules_of(decision: RoutingDecision) -> list[RuleSpec]:
    """The rules in the versions that the decision names, from their history."""
    specs = []
    for trial in decision.tried:
        kept = RuleVersion.objects.get(rule_id=trial["rule_id"], version=trial["version"])
        draft = RuleDraft(**kept.content)
        specs.append(
            RuleSpec(
                id=kept.rule_id,
                name=draft.name,
                version=kept.version,
                condition=parse(draft.conditions),
                team=draft.team_id,
                priority=draft.priority,
                tags=tuple(draft.tags),
                stop=draft.stop,
            )
        )
    return specs


def test_from_what_was_kept_the_same_decision_is_made_again():
    refund = {"all": [test_of("label", "is", "refund"), test_of("confidence", "at_least", 0.8)]}
    money = rule(refund, name="Money", team_id=team("Money").pk, tags=("money",))
    rule(test_of("words", "contains_any", ["broken"]), name="Broken", priority=4, stop=True)
    rule(name="Rest", team_id=team("Rest").pk)
    routed(ticket(), label="refund", confidence=0.9, text="It came broken.\x00")
    changed = RuleDraft(**{**asdict(draft_of(money)), "conditions": {}, "name": "Other"})
    save_rule(draft=changed, rule_id=money.pk, at=timezone.now())
    Rule.objects.update(is_active=False)

    record = RoutingDecision.objects.get()
    again = decide(decode(Facts, record.facts), rules_of(record))

    assert encode(again.tried) == record.tried
    assert (again.team, again.priority, again.tags) == (record.team_id, 4, ("money",))
    assert record.because == (
        "Rule “Money” (version 1): label is refund; confidence is at least 0.8. "
        "Rule “Broken” (version 1): subject or text contains any of broken."
    )
    assert record.tried[2]["why"] == "Not tried: rule “Broken” stopped before it."
