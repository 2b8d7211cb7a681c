"""Deciding: rules in order, each explained, whatever the ticket says."""

from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from apps.coordination.codec import decode, encode
from apps.routing.rules import (
    FIELDS,
    OPERATORS,
    BadCondition,
    Decision,
    Facts,
    RuleSpec,
    decide,
    parse,
    sentence,
)
from apps.routing.rules.facts import Kind
from tests.make.routing import test_of


def spec(id=1, tree=None, **fields) -> RuleSpec:
    return RuleSpec(id=id, name=f"R{id}", version=id, condition=parse(tree or {}), **fields)


def test_the_first_rule_that_names_a_team_decides_it_and_tags_add_up():
    decision = decide(
        Facts(label="refund"),
        [
            spec(1, tags=("a",)),
            spec(2, test_of("label", "is", "refund"), team=20, tags=("b", "a")),
            spec(3, team=30, priority=4),
        ],
    )

    assert (decision.team, decision.priority, decision.tags) == (20, 4, ("a", "b"))
    assert [str(winner) for winner in decision.winners] == [
        "R1 (version 1)",
        "R2 (version 2)",
        "R3 (version 3)",
    ]
    assert decision.team_because == "Rule “R2” (version 2): label is refund."


def test_each_rule_says_why_it_matched_or_did_not():
    tree = {"all": [test_of("label", "is", "refund"), test_of("confidence", "at_least", 0.8)]}

    decision = decide(
        Facts(label="refund", confidence=0.61),
        [spec(1, tree, team=1), spec(2, team=2), spec(3, team=3)],
    )

    assert [trial.why for trial in decision.tried] == [
        "Did not match: confidence is at least 0.8, but it is 0.61.",
        "Matched (gave the team): it always applies.",
        "Matched (an earlier rule had decided it all): it always applies.",
    ]
    assert [asdict(test) for test in decision.tried[0].tests] == [
        {"asked": "label is refund", "value": "refund", "held": True},
        {"asked": "confidence is at least 0.8", "value": "0.61", "held": False},
    ]


def test_a_rule_that_stops_leaves_the_others_untried():
    decision = decide(Facts(), [spec(1, stop=True), spec(2, team=2)], default_team=9)

    assert (decision.team, decision.team_by_rule) == (9, False)
    assert [trial.tried for trial in decision.tried] == [True, False]
    assert decision.tried[1].why == "Not tried: rule “R1” stopped before it."


def test_without_a_rule_the_default_team_gets_it():
    decision = decide(Facts(), [], default_team=9)

    assert decision.team == 9
    assert decision.team_because == "No rule named a team: the default one."


def test_a_rule_that_cannot_be_read_is_passed_over_and_says_so():
    broken = RuleSpec(id=1, name="R1", version=1, team=1, broken="there is no field mood.")

    decision = decide(Facts(), [broken, spec(2, team=2)])

    assert decision.team == 2
    assert decision.tried[0].why == "Could not be tried: there is no field mood."


any_text = st.text(max_size=60) | st.just("a" * 5_000)
any_number = st.none() | st.floats() | st.integers().map(float)
facts = st.builds(
    Facts,
    **{
        field: {
            Kind.WORD: any_text,
            Kind.TEXT: any_text,
            Kind.NUMBER: any_number,
            Kind.FLAG: st.booleans(),
        }[kind]
        for field, kind in FIELDS.items()
        if field != "words"
    },
)
words = st.text("abcÄß 返*-1", min_size=1, max_size=20).filter(lambda word: word.strip())
phrases = words.filter(lambda word: any(sign.isalnum() for sign in word))
fitting = {
    Kind.WORD: words,
    Kind.NUMBER: st.floats(-1e9, 1e9) | st.integers(-1000, 1000),
    Kind.FLAG: st.booleans(),
    Kind.TEXT: st.lists(phrases, min_size=1, max_size=4),
}


@st.composite
def a_test(draw):
    field = draw(st.sampled_from(sorted(FIELDS)))
    kind = FIELDS[field]
    operator = draw(st.sampled_from(OPERATORS[kind]))
    several = operator in ("in", "not_in")
    return test_of(
        field, operator, draw(st.lists(words, min_size=1) if several else fitting[kind])
    )


trees = st.recursive(
    a_test(),
    lambda inner: (
        st.fixed_dictionaries({"not": inner})
        | st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)})
        | st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)})
    ),
    max_leaves=6,
).filter(lambda tree: depth(tree) <= 6)


def depth(tree) -> int:
    inner = tree.get("not") or tree.get("all") or tree.get("any") or []
    parts = inner if isinstance(inner, list) else [inner]
    return 1 + max((depth(part) for part in parts), default=0)


@given(facts, st.lists(trees, max_size=3))
def test_no_ticket_and_no_valid_rule_makes_it_fail(any_facts, any_trees):
    rules = [spec(n, tree, team=n, stop=n == 2) for n, tree in enumerate(any_trees, 1)]

    decision = decide(any_facts, rules, default_team=9)

    assert len(decision.tried) == len(rules)
    assert all(trial.why for trial in decision.tried)
    assert decode(Decision, encode(decision)) == decision
    matching = [trial.rule_id for trial in decision.tried if trial.matched]
    assert decision.team == (matching[0] if matching else 9)


@given(facts, trees)
def test_what_is_not_so_is_the_opposite_of_what_is(any_facts, tree):
    if depth(tree) == 6:
        return
    is_so, is_not = decide(any_facts, [spec(1, tree), spec(2, {"not": tree})]).tried

    assert is_so.matched != is_not.matched


keys = st.sampled_from(["all", "any", "not", "field", "operator", "value"]) | st.text()
scraps = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
)


@given(scraps)
def test_any_tree_at_all_is_read_or_refused_with_a_sentence(tree):
    try:
        said = sentence(parse(tree))
    except BadCondition as error:
        said = str(error)

    assert said.encode()
