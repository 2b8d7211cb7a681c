"""Promises: pure functions of what happened to a ticket."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.escalation.rules import (
    Aim,
    Clock,
    Facts,
    Told,
    clocks,
    in_words,
    level_at,
    next_deadline,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
AIM = Aim(first_response=timedelta(hours=10), resolution=timedelta(hours=100), warn_at_percent=80)


def hours(number: float) -> datetime:
    return NINE + timedelta(hours=number)


def facts(**fields) -> Facts:
    return Facts(**{"created_at": NINE, "finished": False} | fields)


def told(promise: str, *levels: str, since: datetime = NINE) -> frozenset[Told]:
    return frozenset(Told(promise, level, since) for level in levels)


def coming(at: datetime = NINE, **fields) -> tuple[str, str, datetime] | None:
    found = next_deadline(facts(**fields), AIM, at=at)
    return (found.promise, found.level, found.at) if found else None


def test_a_new_ticket_waits_for_an_answer_and_a_solution():
    assert clocks(facts(), AIM) == [
        Clock(promise="first_response", since=NINE, near_at=hours(8), due_at=hours(10)),
        Clock(promise="resolution", since=NINE, near_at=hours(80), due_at=hours(100)),
    ]


def test_the_levels_come_one_after_the_other_each_once():
    near = told("first_response", "near")
    both = told("first_response", "near", "past")

    assert coming() == ("first_response", "near", hours(8))
    assert coming(told=near) == ("first_response", "past", hours(10))
    assert coming(told=both) == ("resolution", "near", hours(80))
    assert coming(told=both | told("resolution", "near")) == ("resolution", "past", hours(100))
    assert coming(told=both | told("resolution", "past")) is None


def test_what_is_past_is_not_told_as_near_any_more():
    assert coming(at=hours(10)) == ("first_response", "past", hours(10))


def test_an_answer_keeps_the_first_promise():
    assert coming(first_answered_at=hours(1)) == ("resolution", "near", hours(80))


def test_a_finished_ticket_has_no_promises():
    assert clocks(facts(finished=True), AIM) == []
    assert coming(at=hours(500), finished=True) is None


def test_a_priority_without_a_target_promises_nothing():
    assert next_deadline(facts(), None, at=NINE) is None


def test_a_reopened_ticket_has_its_time_for_a_solution_anew():
    before = told("resolution", "near", "past")

    found = coming(reopened_at=hours(200), first_answered_at=hours(1), told=before)

    assert found == ("resolution", "near", hours(280))


@pytest.mark.parametrize(
    ("at", "level"), [(7.9, ""), (8, "near"), (9.9, "near"), (10, "past"), (99, "past")]
)
def test_a_promise_is_near_at_its_warning_and_past_when_due(at, level):
    (clock, _) = clocks(facts(), AIM)

    assert level_at(clock, hours(at)) == level


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(days=3), "3 d"),
        (timedelta(minutes=-5), "0 min"),
    ],
)
def test_a_length_reads_like_a_length(length, words):
    assert in_words(length) == words


minutes = st.integers(1, 527_040).map(lambda number: timedelta(minutes=number))
moments = minutes.map(lambda length: NINE + length)
aims = st.builds(
    Aim, first_response=minutes, resolution=minutes, warn_at_percent=st.integers(1, 100)
)


@given(
    st.builds(
        Facts,
        created_at=moments,
        finished=st.booleans(),
        first_answered_at=st.none() | moments,
        reopened_at=st.none() | moments,
    ),
    aims,
    moments,
)
def test_whoever_tells_each_deadline_comes_to_an_end_after_four(any_facts, aim, at):
    heard: list[Told] = []
    while found := next_deadline(
        Facts(**vars(any_facts) | {"told": frozenset(heard)}), aim, at=at
    ):
        heard.append(Told(found.promise, found.level, found.since))

    assert len(heard) == len(set(heard)) <= 4
    assert all(one.level == "past" for one in heard[-1:])
