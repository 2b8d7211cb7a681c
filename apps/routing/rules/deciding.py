"""Trying rules in their order: the first to name a team or a priority decides it, tags add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from apps.routing.rules.checking import TestTrial, check
from apps.routing.rules.conditions import ALWAYS, Node
from apps.routing.rules.facts import Facts, trimmed


@dataclass(frozen=True, kw_only=True)
class RuleSpec:
    """One version of a rule, ready to be tried."""

    id: int
    name: str
    version: int
    condition: Node = ALWAYS
    team: int | None = None
    priority: int | None = None
    tags: tuple[str, ...] = ()
    stop: bool = False
    broken: str = ""
    """Why a stored rule cannot be tried in this release, if it cannot."""


@dataclass(frozen=True, kw_only=True)
class RuleTrial:
    """What became of one rule: ``why`` says it in a sentence."""

    rule_id: int
    name: str
    version: int
    tried: bool
    matched: bool
    why: str
    tests: tuple[TestTrial, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Winner:
    """A rule that decided something, in the version it then had."""

    rule_id: int
    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Where a ticket goes, which rules said so, and what each rule made of it."""

    team: int | None
    team_by_rule: bool
    team_because: str
    priority: int | None
    priority_because: str
    tags: tuple[str, ...]
    winners: tuple[Winner, ...]
    tried: tuple[RuleTrial, ...]


@dataclass
class Tally:
    """What the rules have said so far."""

    team: int | None = None
    team_because: str = ""
    priority: int | None = None
    priority_because: str = ""
    tags: dict[str, None] = field(default_factory=dict)
    winners: list[Winner] = field(default_factory=list)

    def count(self, rule: RuleSpec, why: str) -> str:
        """Take over what a matching rule adds; returns how that reads."""
        winner = Winner(rule_id=rule.id, name=rule.name, version=rule.version)
        because = f"Rule “{rule.name}” (version {rule.version}): {why}."
        new_tags = [tag for tag in rule.tags if tag not in self.tags]
        adds = [
            (rule.team is not None and self.team is None, "the team"),
            (rule.priority is not None and self.priority is None, "the priority"),
            (bool(new_tags), "tags"),
        ]
        if adds[0][0]:
            self.team, self.team_because = rule.team, because
        if adds[1][0]:
            self.priority, self.priority_because = rule.priority, because
        self.tags |= dict.fromkeys(new_tags)
        gave = [what for added, what in adds if added]
        if gave or rule.stop:
            self.winners.append(winner)
        ended = ["ended the search"] if rule.stop else []
        said = ["gave " + " and ".join(gave)] if gave else []
        return ", ".join(said + ended) or "an earlier rule had decided it all"


def decide(
    facts: Facts, rules: Sequence[RuleSpec], *, default_team: int | None = None
) -> Decision:
    """Try rules in the order given. Never raises, whatever the facts are.

    The first matching rule that names a team decides the team, likewise the priority; tags add
    up; a matching rule that stops ends it. Without a team from a rule it is ``default_team``.
    """
    seen, tally = trimmed(facts), Tally()
    trials: list[RuleTrial] = []
    for place, rule in enumerate(rules):
        if rule.broken:
            trials.append(trial_of(rule, f"Could not be tried: {rule.broken}", tried=False))
            continue
        checked = check(rule.condition, seen)
        why = f"Did not match: {checked.why}."
        if checked.held:
            why = f"Matched ({tally.count(rule, checked.why)}): {checked.why}."
        trials.append(trial_of(rule, why, matched=checked.held, tests=checked.tests))
        if checked.held and rule.stop:
            trials += skipped(rules[place + 1 :], by=rule)
            break
    by_rule = tally.team is not None
    if not by_rule and default_team is not None:
        tally.team, tally.team_because = default_team, "No rule named a team: the default one."
    return Decision(
        team=tally.team,
        team_by_rule=by_rule,
        team_because=tally.team_because,
        priority=tally.priority,
        priority_because=tally.priority_because,
        tags=tuple(tally.tags),
        winners=tuple(tally.winners),
        tried=tuple(trials),
    )


def skipped(rules: Iterable[RuleSpec], *, by: RuleSpec) -> list[RuleTrial]:
    """The rules that were not reached."""
    why = f"Not tried: rule “{by.name}” stopped before it."
    return [trial_of(rule, why, tried=False) for rule in rules]


def trial_of(
    rule: RuleSpec,
    why: str,
    *,
    tried: bool = True,
    matched: bool = False,
    tests: tuple[TestTrial, ...] = (),
) -> RuleTrial:
    """Write down what became of a rule."""
    return RuleTrial(
        rule_id=rule.id,
        name=rule.name,
        version=rule.version,
        tried=tried,
        matched=matched,
        why=why,
        tests=tests,
    )
