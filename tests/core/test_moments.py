"""Times as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core.moments import moment, took

NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "short", "phrase"),
    [
        (timedelta(seconds=-5), "now", "just now"),
        (timedelta(seconds=59), "now", "just now"),
        (timedelta(minutes=4, seconds=59), "4m", "4m ago"),
        (timedelta(hours=23, minutes=59), "23h", "23h ago"),
        (timedelta(days=6), "6d", "6d ago"),
        (timedelta(days=20), "23 Oct", "on 23 Oct"),
        (timedelta(days=400), "Oct 2025", "on Oct 2025"),
    ],
)
def test_a_time_is_told_in_as_few_letters_as_it_takes(ago, short, phrase):
    told = moment(NOON - ago, at=NOON)

    assert (told.short, told.phrase) == (short, phrase)


def test_the_whole_time_is_there_too():
    told = moment(NOON, at=NOON)

    assert told.full == "Thu 12 Nov 2026, 12:00 UTC"
    assert told.iso == "2026-11-12T12:00:00+00:00"


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(milliseconds=38), "38 ms"),
        (timedelta(seconds=1.25), "1.2 s"),
        (timedelta(minutes=3), "3m"),
        (timedelta(seconds=-1), "0 ms"),
    ],
)
def test_a_length_is_told_in_the_unit_that_fits(length, told):
    assert took(length) == told
