"""Reading other people's JSON."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.core.paths import UnreadableField, dig, is_path, list_at, number_at, text_at, time_at

DATA = {"order": {"lines": [{"sku": "A"}, {"sku": "B"}], "note": None, "n": 7}, "odd": {"": 1}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("order.lines.0.sku", "A"),
        ("order.lines.-1.sku", "B"),
        ("order.lines.9.sku", None),
        ("order.lines.-9", None),
        ("order.note.deeper", None),
        ("nowhere|order.n", 7),
        ("order.note|order.n", 7),
        ("=EUR", "EUR"),
        ("", DATA),
    ],
)
def test_a_path_leads_to_a_value_or_to_none(path, found):
    assert dig(DATA, path) == found


@pytest.mark.parametrize("text", ["a", "a.b.0", "a.b|c.d", "line items.0", "=", "=EUR"])
def test_paths_are_recognised(text):
    assert is_path(text)


@pytest.mark.parametrize("text", ["", ".", "a.", "a..b", "|a", "a|", 7, None, ["a"], "a." * 200])
def test_what_is_no_path_is_recognised_too(text):
    assert not is_path(text)


def test_texts_are_cut_and_cleaned():
    data = {"t": " a\x00b\x1b[31m\ud800c ", "n": 12, "d": Decimal("1.50")}

    assert text_at(data, "t", most=20) == "ab[31mc"
    assert text_at(data, "t", most=2) == "ab"
    assert text_at(data, "n", most=20) == "12"
    assert text_at(data, "d", most=20) == "1.50"
    assert text_at(data, "none", most=20) == ""


@pytest.mark.parametrize("value", [{}, [], True, {"deep": [1]}])
def test_what_is_no_text_is_told(value):
    with pytest.raises(UnreadableField, match=r"^a is .*, which is not text\.$"):
        text_at({"a": value}, "a", most=5)


@pytest.mark.parametrize(
    ("value", "number"), [(5, Decimal(5)), ("5.10", Decimal("5.10")), (None, None), ("", None)]
)
def test_numbers_may_be_written_as_texts(value, number):
    assert number_at({"a": value}, "a") == number


@pytest.mark.parametrize(
    "value", ["x", "NaN", "Infinity", "1e400", 10**40, True, [], {}, Decimal("1e999999"), "1,5"]
)
def test_what_is_no_number_is_told(value):
    with pytest.raises(UnreadableField, match="which is not a number"):
        number_at({"a": value}, "a")


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22T14:00:00+02:00",
        "2026-11-22 12:00:00",
        1795348800,
        "1795348800",
        1795348800000,
        Decimal("1795348800.0"),
    ],
)
def test_moments_are_read_in_the_ways_that_shops_write_them(value):
    assert time_at({"a": value}, "a") == datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", ["yesterday", "0001-01-01T00:00:00+14:00", 10**14, [], True])
def test_what_is_no_moment_is_told(value):
    with pytest.raises(UnreadableField, match="which is not a date"):
        time_at({"a": value}, "a")


def test_lists_are_bounded():
    assert list_at({"a": list(range(9))}, "a", most=2) == [0, 1]
    with pytest.raises(UnreadableField, match="a is an object, which is not a list"):
        list_at({"a": {}}, "a", most=2)
