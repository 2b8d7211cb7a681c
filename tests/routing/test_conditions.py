"""Conditions: what is asked of a ticket, and the sentence for each mistake in writing them."""

import pytest

from apps.routing.rules import BadCondition, Facts, RuleSpec, decide, parse, sentence
from tests.make.routing import test_of


def holds(tree, **facts) -> bool:
    (trial,) = decide(
        Facts(**facts), [RuleSpec(id=1, name="r", version=1, condition=parse(tree))]
    ).tried
    return trial.matched


@pytest.mark.parametrize(
    ("tree", "facts", "expected"),
    [
        (test_of("label", "is", "Refund"), {"label": "refund"}, True),
        (test_of("label", "is", "refund"), {}, False),
        (test_of("label", "is_not", "refund"), {"label": "refund"}, False),
        (test_of("label", "is_not", "refund"), {}, True),
        (test_of("label", "in", ["refund", "return"]), {"label": "return"}, True),
        (test_of("label", "not_in", ["refund", "return"]), {"label": "return"}, False),
        (test_of("confidence", "at_least", 0.8), {"confidence": 0.8}, True),
        (test_of("confidence", "above", 0.8), {"confidence": 0.8}, False),
        (test_of("confidence", "at_most", 0.8), {"confidence": 0.8}, True),
        (test_of("confidence", "below", 0.8), {"confidence": None}, False),
        (test_of("order_total", "is", 100), {"order_total": 100.0}, True),
        (test_of("order_total", "at_least", 1), {"order_total": float("nan")}, False),
        (test_of("order_delayed", "is", True), {"order_delayed": True}, True),
        (test_of("order_known", "is", False), {"order_known": True}, False),
        (test_of("subject", "contains_any", ["parcel"]), {"subject": "My PARCEL!"}, True),
        (test_of("text", "contains_any", ["parcel"]), {"subject": "My parcel"}, False),
        (test_of("words", "contains_any", ["parcel"]), {"text": "two parcels"}, False),
        (test_of("words", "contains_any", ["parcel*"]), {"text": "two parcels"}, True),
        (test_of("words", "contains_any", ["*返品*"]), {"text": "商品を返品したい"}, True),
        (test_of("words", "contains_any", ["money back"]), {"text": "Money,\nback!"}, True),
        (test_of("words", "contains_any", ["straße"]), {"text": "STRASSE 5"}, True),
        (test_of("words", "contains_all", ["a", "b"]), {"subject": "a", "text": "b"}, True),
        (test_of("words", "contains_all", ["a", "b"]), {"text": "a"}, False),
        (test_of("words", "contains_none", ["a"]), {"text": "b"}, True),
        ({"all": [test_of("label", "is", "a"), test_of("channel", "is", "mail")]}, {}, False),
        ({"any": [test_of("label", "is", "a"), test_of("channel", "is", "b")]}, {"label": "a"}, 1),
        ({"not": test_of("customer_tier", "is", "vip")}, {"customer_tier": "plus"}, True),
        ({}, {}, True),
    ],
)
def test_a_condition_holds_or_not(tree, facts, expected):
    assert holds(tree, **facts) == bool(expected)


def test_only_the_beginning_of_a_long_text_is_looked_at():
    far_away = "x " * 1_997 + "parcel"

    assert not holds(test_of("text", "contains_any", ["parcel"]), text=f"x {far_away}")
    assert holds(test_of("text", "contains_any", ["parcel"]), text=far_away)


@pytest.mark.parametrize(
    ("tree", "complaint"),
    [
        (7, "The conditions: write an object in braces, not 7."),
        ([], "The conditions: write an object in braces, not []."),
        (None, "The conditions: write an object in braces, not nothing."),
        ({"or": []}, 'The conditions: write one of "all", "any", "not", or a test'),
        ({"all": [], "any": []}, 'The conditions: write one of "all", "any", "not", or a test'),
        ({"all": []}, "The conditions, all: write a list with at least one condition."),
        ({"all": [{"any": 5}]}, "The conditions, all, part 1, any: write a list"),
        ({"not": []}, "The conditions, not: write an object in braces"),
        (test_of("mood", "is", "bad"), 'there is no field "mood"; choose from label, confidence'),
        (test_of(["x"], "is", "bad"), "there is no field ['x']"),
        (
            test_of("label", "at_least", 1),
            'label has no operator "at_least"; choose from is,',
        ),
        (test_of("label", ["is"], 1), "label has no operator ['is']"),
        (test_of("label", "is", 5), "label is: write a word in quotes, not 5."),
        (test_of("label", "is", " "), 'label is: write a word in quotes, not " ".'),
        (test_of("label", "is", "x" * 101), "label is: at most 100 letters are allowed."),
        (test_of("label", "is", "a\x00b"), "holds signs that are no text."),
        (test_of("label", "is", "\ud800"), "holds signs that are no text."),
        (
            test_of("label", "in", "refund"),
            'label in: write a list such as ["refund",',
        ),
        (test_of("label", "in", ["x"] * 51), "label in: at most 50 values are allowed."),
        (test_of("confidence", "at_least", "0.8"), 'write a number, not "0.8".'),
        (test_of("confidence", "at_least", True), "write a number, not true."),
        (test_of("confidence", "at_least", float("inf")), "the number is too large."),
        (test_of("confidence", "at_least", float("nan")), "the number is too large."),
        (test_of("confidence", "at_least", 10**500), "the number is too large."),
        (test_of("order_known", "is", "yes"), 'write true or false, not "yes".'),
        (test_of("words", "contains_any", ["*!*"]), '"*!*" holds no letter or digit.'),
        ({"field": "label", "operator": "is"}, 'label is: "value" is missing.'),
        ({**test_of("label", "is", "a"), "unless": 1}, '"unless" is not part of a test.'),
        ({"all": [test_of("label", "is", "a")] * 60}, "at most 60 parts, 6 levels deep"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(tree, complaint):
    with pytest.raises(BadCondition) as refusal:
        parse(tree)

    assert complaint in str(refusal.value)


def test_a_tree_is_at_most_six_levels_deep():
    tree = test_of("label", "is", "a")
    for _ in range(5):
        tree = {"not": tree}
    assert parse(tree)

    with pytest.raises(BadCondition, match="6 levels deep"):
        parse({"not": tree})


def test_a_value_that_a_field_never_has_is_refused():
    choices = {"customer_tier": ["standard", "vip"]}

    assert parse(test_of("customer_tier", "is", "VIP"), choices=choices)
    with pytest.raises(BadCondition, match='"vpi" is never its value; choose from standard, vip'):
        parse(test_of("customer_tier", "in", ["vip", "vpi"]), choices=choices)


def test_conditions_read_as_a_sentence():
    tree = {
        "all": [
            test_of("label", "in", ["refund", "return"]),
            {
                "any": [
                    test_of("order_total", "at_least", 99.5),
                    {"not": test_of("words", "contains_any", ["a", "b"])},
                ]
            },
        ]
    }

    assert sentence(parse(tree)) == (
        "(label is one of refund, return and "
        "(order total is at least 99.5 or not (subject or text contains any of a, b)))"
    )
    assert sentence(parse({})) == "always"
