"""Asking one condition of one ticket: whether it holds, and why or why not."""

from dataclasses import dataclass

from apps.routing.rules.conditions import Group, Node, Test, plain, sentence
from apps.routing.rules.facts import FIELDS, Facts, Kind, Known, found, known, normal


@dataclass(frozen=True, kw_only=True)
class TestTrial:
    """One test of a rule: what it asked, what the ticket had, whether it held."""

    __test__ = False  # not one of pytest's

    asked: str
    value: str
    held: bool


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Whether a condition held, in words, with each test below it."""

    held: bool
    why: str
    tests: tuple[TestTrial, ...]


def check(node: Node, facts: Facts) -> Checked:
    """Ask a condition; every test is asked, so that the answer shows each value."""
    if isinstance(node, Test):
        return check_test(node, facts)
    return check_group(node, [check(part, facts) for part in node.parts])


def check_group(group: Group, parts: list[Checked]) -> Checked:
    """Put the answers of a group's parts together."""
    tests = tuple(test for part in parts for test in part.tests)
    if not parts:
        return Checked(held=True, why="it always applies", tests=())
    if group.how == "not":
        (inner,) = parts
        why = inner.why if not inner.held else f"must not hold: {inner.why}"
        return Checked(held=not inner.held, why=why, tests=tests)
    good = [part.why for part in parts if part.held]
    bad = [part.why for part in parts if not part.held]
    if group.how == "all":
        return Checked(held=not bad, why="; ".join(bad or good), tests=tests)
    return Checked(held=bool(good), why="; ".join(good or bad), tests=tests)


def check_test(test: Test, facts: Facts) -> Checked:
    """Ask one test."""
    value = known(facts, test.field)
    if FIELDS[test.field] is Kind.TEXT:
        held, shown = look_for(test, str(value))
        has = shown
    else:
        held, shown = compare(test, value), plain(value)
        has = f"is {shown}"
    asked = sentence(test)
    trial = TestTrial(asked=asked, value=shown, held=held)
    return Checked(held=held, why=asked if held else f"{asked}, but it {has}", tests=(trial,))


def compare(test: Test, value: Known) -> bool:
    """Compare a word, a flag or a number; a number that is not known matches nothing."""
    wanted = test.value
    if isinstance(wanted, tuple):
        among = str(value).casefold() in [word.casefold() for word in wanted]
        return among if test.operator == "in" else not among
    if isinstance(wanted, str):
        same = str(value).casefold() == wanted.casefold()
        return same if test.operator == "is" else not same
    if isinstance(wanted, bool):
        return value is wanted
    return isinstance(value, int | float) and compare_numbers(test.operator, value, wanted)


def compare_numbers(operator: str, value: float, wanted: float) -> bool:
    """Compare two numbers."""
    return {
        "is": value == wanted,
        "at_least": value >= wanted,
        "at_most": value <= wanted,
        "above": value > wanted,
        "below": value < wanted,
    }[operator]


def look_for(test: Test, text: str) -> tuple[bool, str]:
    """Look for phrases in a text; shows which were there."""
    phrases = test.value if isinstance(test.value, tuple) else ()
    plain_text = normal(text)
    there = [phrase for phrase in phrases if found(phrase, plain_text)]
    shown = f"has {', '.join(there)}" if there else "has none of them"
    if test.operator == "contains_all":
        missing = [phrase for phrase in phrases if phrase not in there]
        return not missing, f"lacks {', '.join(missing)}" if missing else shown
    return bool(there) == (test.operator == "contains_any"), shown
