"""Routing as plain decisions: facts and rules in, a decision that explains itself out."""

from apps.routing.rules.checking import TestTrial
from apps.routing.rules.conditions import ALWAYS, BadCondition, Node, parse, sentence
from apps.routing.rules.deciding import Decision, RuleSpec, RuleTrial, Winner, decide
from apps.routing.rules.facts import FIELDS, OPERATORS, Facts, trimmed

__all__ = [
    "ALWAYS",
    "FIELDS",
    "OPERATORS",
    "BadCondition",
    "Decision",
    "Facts",
    "Node",
    "RuleSpec",
    "RuleTrial",
    "TestTrial",
    "Winner",
    "decide",
    "parse",
    "sentence",
    "trimmed",
]
