"""Writing rules: each save is checked, is a new version, and stays readable."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Team, User
from apps.core.db import locked
from apps.core.errors import NotFound, Refused, Stale
from apps.customers.states import Tier
from apps.orders.states import OrderStatus
from apps.routing.models import Rule, RuleVersion
from apps.routing.rules import parse
from apps.routing.types import RuleDraft
from apps.tickets.states import Priority

CHOICES = {"customer_tier": Tier.values, "order_status": OrderStatus.values}
"""Values that are known before any ticket comes; other words are anybody's."""

MOST_TAGS = 10
LONGEST_TAG = 40


class BadRule(Refused):
    """A rule cannot be as it was written."""

    message = "{problem}"


class RuleNameTaken(Refused):
    """Two rules of one name could not be told apart in explanations."""

    message = "Another rule is called “{name}”."


def checked(draft: RuleDraft) -> RuleDraft:
    """A draft with its tags and name in order. Raises BadRule, BadCondition."""
    parse(draft.conditions, choices=CHOICES)
    name = " ".join(draft.name.replace("\x00", "").split())
    tags = tuple(dict.fromkeys(" ".join(tag.casefold().split()) for tag in draft.tags))
    if not name or len(name) > 80:
        raise BadRule(problem="Give the rule a name of at most 80 letters.")
    if len(tags) > MOST_TAGS or any(not 0 < len(tag) <= LONGEST_TAG or "," in tag for tag in tags):
        raise BadRule(
            problem=f"Write at most {MOST_TAGS} tags of 1 to {LONGEST_TAG} letters, "
            "with commas between."
        )
    if draft.priority is not None and draft.priority not in Priority.values:
        raise BadRule(problem=f"There is no priority {draft.priority}.")
    if draft.team_id is None and draft.priority is None and not tags and not draft.stop:
        raise BadRule(problem="Give the rule something to do: a team, a priority, tags or a stop.")
    return RuleDraft(**{**fields_of(draft), "name": name, "tags": tags})


def fields_of(draft: RuleDraft) -> dict[str, Any]:
    """A draft's values by name."""
    return {name: getattr(draft, name) for name in RuleDraft.__dataclass_fields__}


@transaction.atomic
def save_rule(
    *,
    draft: RuleDraft,
    rule_id: int | None = None,
    seen_version: int | None = None,
    by: User | None = None,
    at: datetime,
) -> Rule:
    """Write a new rule, or the next version of one; writing the same again changes nothing.

    Raises BadRule, BadCondition, RuleNameTaken, or Stale when the writer saw an older version.
    """
    good = checked(draft)
    if good.team_id is not None and not Team.objects.filter(pk=good.team_id).exists():
        raise NotFound(thing="team", key=good.team_id)
    rule = locked(Rule, rule_id) if rule_id else Rule(version=0)
    if rule_id and seen_version is not None and seen_version != rule.version:
        raise Stale(thing=f"Rule “{rule.name}”")
    if rule_id and draft_of(rule) == good:
        return rule
    for name, value in fields_of(good).items():
        setattr(rule, name, list(value) if name == "tags" else value)
    rule.version, rule.updated_at, rule.updated_by = rule.version + 1, at, by
    keep(rule, good)
    return rule


def keep(rule: Rule, draft: RuleDraft) -> None:
    """Save a rule with its version. Raises RuleNameTaken."""
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        if "name" not in str(error):
            raise
        raise RuleNameTaken(name=draft.name) from None
    RuleVersion.objects.create(
        rule=rule,
        version=rule.version,
        content=asdict(draft),
        at=rule.updated_at,
        by=rule.updated_by,
    )


def draft_of(rule: Rule) -> RuleDraft:
    """A rule's present content."""
    values = {name: getattr(rule, name) for name in RuleDraft.__dataclass_fields__}
    return RuleDraft(**values | {"tags": tuple(rule.tags)})


def restore_rule(*, rule_id: int, version: int, by: User, at: datetime) -> Rule:
    """Make an earlier version the newest one."""
    kept = RuleVersion.objects.filter(rule_id=rule_id, version=version).first()
    if kept is None:
        raise NotFound(thing="version", key=version)
    content = kept.content | {"tags": tuple(kept.content["tags"])}
    return save_rule(draft=RuleDraft(**content), rule_id=rule_id, by=by, at=at)
