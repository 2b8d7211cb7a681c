"""Conditions as admins write them: a tree of groups and tests, checked before it is believed."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from apps.core.errors import Refused
from apps.routing.rules.facts import FIELDS, OPERATORS, Kind, Known, clean, normal

DEEPEST = 6
MOST_PARTS = 60
MOST_VALUES = 50
LONGEST_VALUE = 100

Value: TypeAlias = str | float | bool | tuple[str, ...]
Choices: TypeAlias = Mapping[str, Collection[str]]


class BadCondition(Refused):
    """A rule's conditions are not ones that can be asked."""

    message = "{where}: {problem}"


@dataclass(frozen=True)
class Test:
    """One question about one fact."""

    __test__ = False  # not one of pytest's

    field: str
    operator: str
    value: Value


@dataclass(frozen=True)
class Group:
    """Several parts of which all, any or none must hold."""

    how: str
    parts: tuple["Node", ...]


Node: TypeAlias = Test | Group

ALWAYS = Group("all", ())
"""The condition that always holds; written ``{}``."""

GROUPS = ("all", "any", "not")


def parse(tree: object, *, choices: Choices | None = None) -> Node:
    """Read a tree of conditions. Raises BadCondition with a sentence saying where and what.

    ``{}`` always holds. A group is ``{"all": [...]}``, ``{"any": [...]}`` or ``{"not": {...}}``;
    a test is ``{"field": "label", "operator": "is", "value": "refund"}``. ``choices`` names the
    values that some fields may be compared with.
    """
    if tree == {}:
        return ALWAYS
    return Parser(choices or {}).node(tree, "The conditions", 1)


class Parser:
    """Reads one tree, and counts its parts."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.parts = 0

    def node(self, tree: object, where: str, depth: int) -> Node:
        """Read a group or a test."""
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST_PARTS:
            raise BadCondition(
                where="The conditions",
                problem=f"at most {MOST_PARTS} parts, {DEEPEST} levels deep, are allowed.",
            )
        if not isinstance(tree, dict):
            raise BadCondition(
                where=where, problem=f"write an object in braces, not {told(tree)}."
            )
        if "field" in tree:
            return self.test(tree, where)
        if len(tree) == 1 and (how := next(iter(tree))) in GROUPS:
            return self.group(how, tree[how], f"{where}, {how}", depth)
        raise BadCondition(
            where=where,
            problem='write one of "all", "any", "not", or a test with '
            '"field", "operator" and "value".',
        )

    def group(self, how: str, inner: object, where: str, depth: int) -> Group:
        """Read the parts of a group."""
        if how == "not":
            return Group("not", (self.node(inner, where, depth + 1),))
        if not isinstance(inner, list) or not inner:
            raise BadCondition(where=where, problem="write a list with at least one condition.")
        parts = enumerate(inner, 1)
        return Group(
            how, tuple(self.node(part, f"{where}, part {n}", depth + 1) for n, part in parts)
        )

    def test(self, tree: dict[str, Any], where: str) -> Test:
        """Read one test."""
        if unknown := sorted(set(tree) - {"field", "operator", "value"}, key=str):
            problem = f"{told(unknown[0])} is not part of a test."
            raise BadCondition(where=where, problem=problem)
        field, operator = tree["field"], tree.get("operator")
        if not isinstance(field, str) or field not in FIELDS:
            problem = f"there is no field {told(field)}; choose from {listed(FIELDS)}."
            raise BadCondition(where=where, problem=problem)
        kind = FIELDS[field]
        if operator not in OPERATORS[kind]:
            fitting = listed(OPERATORS[kind])
            problem = f"{field} has no operator {told(operator)}; choose from {fitting}."
            raise BadCondition(where=where, problem=problem)
        where = f"{where}, {field} {operator}"
        if "value" not in tree:
            raise BadCondition(where=where, problem='"value" is missing.')
        value = read_value(kind, str(operator), tree["value"], where)
        self.check_choice(field, value, where)
        return Test(field, str(operator), value)

    def check_choice(self, field: str, value: Value, where: str) -> None:
        """Refuse a value that the field never has."""
        allowed = self.choices.get(field)
        if allowed is None or isinstance(value, bool | float):
            return
        values = (value,) if isinstance(value, str) else value
        wrong = [one for one in values if one.casefold() not in allowed]
        if wrong:
            problem = f"{told(wrong[0])} is never its value; choose from {listed(allowed)}."
            raise BadCondition(where=where, problem=problem)


def read_value(kind: Kind, operator: str, value: object, where: str) -> Value:
    """Read what a field is compared with."""
    if kind is Kind.FLAG:
        if not isinstance(value, bool):
            raise BadCondition(where=where, problem=f"write true or false, not {told(value)}.")
        return value
    if kind is Kind.NUMBER:
        return read_number(value, where)
    if kind is Kind.TEXT or operator in ("in", "not_in"):
        return read_list(value, where, phrases=kind is Kind.TEXT)
    return read_word(value, where)


def read_number(value: object, where: str) -> float:
    """Read a number; a whole one of any length that fits a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadCondition(where=where, problem=f"write a number, not {told(value)}.")
    if not abs(value) < 1e12 or not math.isfinite(value):
        raise BadCondition(where=where, problem="the number is too large.")
    return float(value)


def read_word(value: object, where: str) -> str:
    """Read one word, such as a label."""
    if not isinstance(value, str) or not value.strip():
        raise BadCondition(where=where, problem=f"write a word in quotes, not {told(value)}.")
    if len(value) > LONGEST_VALUE:
        raise BadCondition(where=where, problem=f"at most {LONGEST_VALUE} letters are allowed.")
    if clean(value, LONGEST_VALUE) != value:
        raise BadCondition(where=where, problem=f"{told(value)} holds signs that are no text.")
    return value.strip()


def read_list(value: object, where: str, *, phrases: bool) -> tuple[str, ...]:
    """Read a list of words or of phrases to look for."""
    if not isinstance(value, list) or not value:
        raise BadCondition(where=where, problem='write a list such as ["refund", "invoice"].')
    if len(value) > MOST_VALUES:
        raise BadCondition(where=where, problem=f"at most {MOST_VALUES} values are allowed.")
    words = tuple(read_word(word, where) for word in value)
    if phrases and (empty := [word for word in words if not normal(word)]):
        raise BadCondition(where=where, problem=f"{told(empty[0])} holds no letter or digit.")
    return words


def told(value: object) -> str:
    """A value as a sentence shows it, cut short."""
    shown = clean(f'"{value}"' if isinstance(value, str) else str(value), 200)
    shown = {"None": "nothing", "True": "true", "False": "false"}.get(shown, shown)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def listed(words: Collection[str]) -> str:
    """Words with commas between."""
    return ", ".join(words)


SAID: Mapping[str, str] = {
    "is_not": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
    "contains_any": "contains any of",
    "contains_all": "contains all of",
    "contains_none": "contains none of",
}


def sentence(node: Node) -> str:
    """A condition in words, such as ``label is refund and confidence is at least 0.8``."""
    if isinstance(node, Test):
        field = "subject or text" if node.field == "words" else node.field.replace("_", " ")
        value = ", ".join(node.value) if isinstance(node.value, tuple) else plain(node.value)
        return f"{field} {SAID.get(node.operator, node.operator)} {value}"
    if not node.parts:
        return "always"
    if node.how == "not":
        return f"not ({sentence(node.parts[0])})"
    glue = " and " if node.how == "all" else " or "
    parts = [sentence(part) for part in node.parts]
    return parts[0] if len(parts) == 1 else f"({glue.join(parts)})"


def plain(value: Known) -> str:
    """One value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return value or "not known"
