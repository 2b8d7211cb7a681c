"""Order numbers are found as customers write them, and nobody can make that slow."""

import re
import time

import pytest

from apps.triage.extract import MOST_FOUND, PATTERNS, find_order_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Where is A-1042?", ["A-1042"]),
        ("It is #1042.", ["1042"]),
        ("my order 1042 is late", ["1042"]),
        ("Status of ORD-2024-00017, please", ["ORD-2024-00017"]),
        ("Bestellnummer 10042", ["10042"]),
        ("Auftragsnummer: AB-12345", ["AB-12345"]),
        ("Order number: #20418.", ["20418"]),
        ("order no. a-1042, thanks", ["A-1042"]),
        ("(my order (#A-770))", ["A-770"]),
        ("orders 1042, 1043 and A-1044", ["1042", "1043", "A-1044"]),
        ("Bestellungen 10042 und 10043", ["10042", "10043"]),
        ("A\u20111042 with a dash from a word processor", ["A-1042"]),
        ("order A-1042, yes A-1042", ["A-1042"]),
        ("I ordered 3 cups for 1042.50", []),
        ("order 1042.50 euros", []),
        ("call 0171-2345678", []),
        ("&#1042; and #12 and #123abc", []),
        ("", []),
    ],
)
def test_numbers_are_found_as_people_write_them(text, numbers):
    assert [candidate.number for candidate in find_order_numbers(text)] == numbers


def test_a_candidate_says_where_it_stands_and_whether_it_was_called_an_order():
    text = "Code B-5000. My order number is A\u20111042!"

    other, order = find_order_numbers(text)

    assert (text[order.start : order.end], order.named) == ("A\u20111042", True)
    assert (text[other.start : other.end], other.named) == ("B-5000", False)


def test_those_called_an_order_win_when_there_are_too_many():
    codes = " ".join(f"X-{number}" for number in range(1000, 1100))

    found = find_order_numbers(f"{codes} order 7777")

    assert len(found) == MOST_FOUND
    assert found[-1].number == "7777"


def test_another_shop_may_have_another_pattern():
    shop = re.compile(r"\b(?P<number>SHOP[0-9]{4})\b")

    assert find_order_numbers("SHOP1234", patterns=(*PATTERNS, shop))[0].number == "SHOP1234"


@pytest.mark.parametrize(
    "text",
    [
        "order " * 200_000,
        "order number no nr nummer id " * 50_000,
        "A-" * 500_000,
        "#" * 1_000_000,
        "1" * 1_000_000,
        "order 111," + "222," * 300_000,
        "order\x00" * 100_000,
    ],
)
def test_no_text_takes_long(text):
    started = time.perf_counter()

    found = find_order_numbers(text)

    assert time.perf_counter() - started < 0.5
    assert len(found) <= MOST_FOUND
