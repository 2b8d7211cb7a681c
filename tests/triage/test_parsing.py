"""What a model reads is bounded, and holds nothing that people cannot see."""

import time

import pytest

from apps.triage.parsing import MOST, readable


def test_the_subject_stands_before_the_body_without_its_prefixes():
    assert readable("Re: AW: Fwd: Broken vase", "It came in pieces.") == (
        "Broken vase\nIt came in pieces."
    )


def test_a_subject_that_the_body_begins_with_is_not_read_twice():
    assert readable("Where is my parcel?", "Where is my parcel? Thanks") == (
        "Where is my parcel? Thanks"
    )


def test_hidden_characters_and_spare_spaces_are_dropped():
    assert readable("", "re\u200bfund\x00 \u202eplease\ufeff  now\r\n\r\n\r\nthanks") == (
        "refund please now\nthanks"
    )


def test_only_the_beginning_is_read():
    assert len(readable("Subject", "word " * 200_000)) == MOST


@pytest.mark.parametrize(
    "text",
    ["re: " * 250_000, "\n" * 1_000_000, " \n" * 500_000, "\u202e" * 1_000_000, "a" * 10**6],
)
def test_no_message_takes_long_to_read(text):
    started = time.perf_counter()

    readable(text, text)

    assert time.perf_counter() - started < 0.5
