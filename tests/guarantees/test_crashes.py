"""A crash at every commit: before it, after it, by death of the process or of its connection.

Each test lives a whole journey in a process that ends at the n-th commit, and then finishes it in
another, for every n there is. Nothing may be missing, repeated or out of order afterwards.
"""

from datetime import timedelta

import pytest

from tests.make.plug import CUTS, DEATHS, dies, every_pull
from tests.make.travelling import CalledOff, Travel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LEASE_OVER = timedelta(minutes=5)


@pytest.fixture
def crash_everywhere(clock, notebook, quiet_engine):
    def crash(*plan, least, ways=DEATHS, kind=Travel, **world):
        wrong, pulled = [], 0
        for plug in every_pull(*ways):
            travel = kind(clock, f"{plug.number}-{plug.way.replace(' ', '-')}", plan, **world)
            if not dies(travel, plug):
                break
            pulled += 1
            wrong += [] if travel.began_with_its_cause() else [f"I3 at {travel.journey}"]
            clock.forward(LEASE_OVER)
            travel()
            wrong += [f"{problem} at {travel.journey}" for problem in travel.wrongs()]
        assert not wrong
        assert pulled >= least

    return crash


def test_i4_database_steps_happen_once_wherever_it_crashes(crash_everywhere):
    crash_everywhere("note pack", "note weigh", "note lock", least=10)


def test_i5_a_keyed_call_keeps_its_key_wherever_it_crashes(crash_everywhere):
    crash_everywhere("note pack", "keyed ticket", "note board", least=12)


def test_i9_an_unsafe_call_is_made_at_most_once_wherever_it_crashes(crash_everywhere):
    crash_everywhere("unsafe letter", "reconcilable hotel", least=12)


def test_i2_what_was_signed_before_or_after_a_wait_is_heard_wherever_it_crashes(crash_everywhere):
    crash_everywhere("wait gate", "wait door", early=("gate",), signed=("door",), least=14)


def test_i2_what_nobody_signs_and_who_sleeps_goes_on_wherever_it_crashes(crash_everywhere):
    crash_everywhere("note pack", "wait nobody", "sleep night", "note unpack", least=14)


def test_i8_steps_that_fail_and_are_tried_again_happen_once_wherever_it_crashes(crash_everywhere):
    troubles = {"pack": ("bug",), "ticket": ("away", "lost"), "hotel": ("lost",)}
    crash_everywhere(
        "note pack", "keyed ticket", "reconcilable hotel", troubles=troubles, least=20
    )


def test_i17_what_an_operator_decides_happens_once_wherever_it_crashes(crash_everywhere):
    troubles = {"visa": ("no",), "letter": ("lost",)}
    crash_everywhere("note pack", "keyed visa", "unsafe letter", troubles=troubles, least=20)


def test_i4_i5_i9_a_connection_cut_at_any_commit_repeats_nothing(crash_everywhere):
    crash_everywhere(
        "note pack",
        "keyed ticket",
        "unsafe letter",
        "wait door",
        "note board",
        signed=("door",),
        ways=CUTS,
        least=32,
    )


def test_i14_what_is_given_up_is_taken_back_once_and_in_reverse_wherever_it_crashes(
    crash_everywhere,
):
    crash_everywhere(
        "note pack",
        "keyed ticket",
        "note lock",
        "wait door",
        kind=CalledOff,
        undone=True,
        least=20,
    )
