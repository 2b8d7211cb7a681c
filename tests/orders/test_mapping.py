"""From any shop's JSON to our facts."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.core.paths import UnreadableField
from apps.orders.mapping import EXAMPLE, OtherOrder, order_in, problems_of, request_path
from apps.orders.types import LineFacts, OrderFacts
from tests.make.orders import MAPPING

ANSWER = {
    "order": {
        "name": "#a-1042",
        "state": "On Its Way",
        "customer": {"email": "ada@home.example"},
        "total": "29.00",
        "currency": "eur",
        "changed": "2026-11-22T12:00:00Z",
        "track": "https://track.example/1",
        "items": [{"title": "Mug", "count": 2, "price": Decimal("14.5")}, {"title": None}],
    }
}


def read(answer, **changes):
    return order_in(answer, MAPPING | changes, shop="eu", number="A-1042")


def test_an_order_is_read_out_of_a_shops_answer():
    assert read(ANSWER) == OrderFacts(
        shop="eu",
        number="A-1042",
        status="shipped",
        status_word="On Its Way",
        email="ada@home.example",
        currency="EUR",
        total=Decimal("29.00"),
        tracking_url="https://track.example/1",
        source_updated_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        lines=(
            LineFacts(title="Mug", quantity=2, unit_price=Decimal("14.50")),
            LineFacts(title="(no title)"),
        ),
    )


@pytest.mark.parametrize("answer", [None, {}, {"order": None}, {"order": {}}, {"order": []}, []])
def test_no_order_is_none(answer):
    assert read(answer) is None


def test_of_several_the_one_asked_for_is_taken():
    others = [{"name": "A-1"}, "odd", ANSWER["order"]]

    assert read({"order": others}).status == "shipped"
    assert read({"order": others[:2]}) is None


def test_another_order_than_the_one_asked_for_is_not_believed():
    with pytest.raises(OtherOrder, match="it answered with order B-7 when asked for A-1042"):
        read({"order": {"name": "B-7", "state": "paid"}})


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("on its way", "shipped"),
        ("PAID", "paid"),
        ("partly shipped", "partly_shipped"),
        ("lost at sea", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_shops_word_becomes_ours(word, status):
    assert read({"order": ANSWER["order"] | {"state": word}}).status == status


def test_prices_may_be_in_cents():
    facts = read({"order": ANSWER["order"] | {"total": 2900}}, minor_digits=2)

    assert facts.total == Decimal("29.00")


@pytest.mark.parametrize(
    "track", ["javascript:alert(1)", "http://u:p@x.example", "//x", "", None, "x" * 900]
)
def test_a_link_that_no_browser_should_open_is_dropped(track):
    assert read({"order": ANSWER["order"] | {"track": track}}).tracking_url == ""


@pytest.mark.parametrize(
    "odd",
    [
        {"state": {"a": 1}},
        {"total": "a lot"},
        {"total": "99999999999"},
        {"changed": "soon"},
        {"items": "none"},
        {"items": [{"count": -1}]},
        {"items": [{"count": 10**7}]},
        {"customer": {"email": ["a"]}},
        {"name": {}},
    ],
)
def test_a_value_of_another_kind_is_told(odd):
    with pytest.raises(UnreadableField):
        read({"order": ANSWER["order"] | odd})


def test_an_order_that_is_no_object_is_told():
    with pytest.raises(UnreadableField, match="order is 7, which is not an object"):
        read({"order": 7})


def test_lines_are_bounded():
    many = {"items": [{"title": "Mug"}] * 5000}

    assert len(read({"order": ANSWER["order"] | many}).lines) == 200


def test_a_number_stays_one_part_of_the_address():
    assert request_path({"path": "/o/{number}?x=1"}, "a/../b?c#d") == "/o/a%2F..%2Fb%3Fc%23d?x=1"


def test_the_example_and_the_tests_mapping_are_good():
    assert problems_of(EXAMPLE) == []
    assert problems_of(MAPPING) == []


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ([], "A mapping is an object"),
        ({}, "path is missing."),
        ({"path": "/{number}"}, "status is missing."),
        ({"path": "/{number}", "status": ""}, "status is not a path"),
        ({"path": "/{number}", "status": "a", "color": "b"}, "color is not a name of ours."),
        ({"path": "/{number}", "status": 7}, "status is not a path"),
        ({"path": "http://x/{number}", "status": "a"}, "path starts with /"),
        ({"path": "/orders", "status": "a"}, "path starts with /"),
        ({"path": "/{number}/{number}", "status": "a"}, "path starts with /"),
        ({"path": "/{number}/{token}", "status": "a"}, "path starts with /"),
        ({"path": "/{number}\r\nHost: x", "status": "a"}, "path starts with /"),
        ({"path": "//evil.example/{number}", "status": "a"}, "path starts with /"),
        ({"path": 5, "status": "a"}, "path starts with /"),
        ({"path": "/{number}", "status": "a", "status_words": []}, "status_words is an object"),
        ({"path": "/{number}", "status": "a", "status_words": {"x": "y"}}, "says 'x' is 'y'"),
        ({"path": "/{number}", "status": "a", "status_words": {"x": []}}, "says 'x' is []"),
        ({"path": "/{number}", "status": "a", "minor_digits": "2"}, "minor_digits is a number"),
        ({"path": "/{number}", "status": "a", "minor_digits": True}, "minor_digits is a number"),
        ({"path": "/{number}", "status": "a", "minor_digits": []}, "minor_digits is a number"),
        ({"path": "/{number}", "status": "a", "auth_header": "X: y"}, "auth_header is not"),
        ({"path": "/{number}", "status": "a", "auth_prefix": "a\nb"}, "auth_prefix is plain"),
    ],
)
def test_a_bad_mapping_is_explained(mapping, said):
    assert any(sentence.startswith(said) or said in sentence for sentence in problems_of(mapping))
