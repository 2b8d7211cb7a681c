"""Finding what is new in a reply takes steps in proportion to its lines, whatever they are.

Steps are counted, not timed: each line of Python that the splitter runs is one.
"""

import sys
from pathlib import Path

import pytest

from apps.channels.parsing import quotes
from apps.channels.parsing.cited import segments

PARSING = str(Path(quotes.__file__).parent)
LINES = {
    "On On On": "On On On On On On On",
    "attributions": "On 1.1.20 10:00 a@b wrote:",
    "attributions without a date": "Ada Lovelace wrote:",
    "attributions never ended": "On 1.1.20 10:00 a@b",
    "quotes": "> a",
    "quotes and answers": "> a\nb",
    "wrapped quotes": f"> {'a' * 70}\nb",
    "prompts": ">>> a",
    "prompts and quotes": ">>> a\n> b",
    "supercites": '>>>>> "A" == Ada writes:\nA> b',
    "headers": "From: a\nTo: b",
    "rules": "_" * 40,
    "dashes": "-" * 60,
    "dividers": "-----Original Message-----",
    "announcements": "It says:\n> a",
    "empty lines": "\n\n\n",
    "signatures": "-- ",
    "wrappers": "-----BEGIN PGP SIGNED MESSAGE-----\n\n-----BEGIN PGP SIGNATURE-----",
}


def steps(run, *given) -> int:
    """How many lines of the parsers' code run."""
    count = 0

    def watch(frame, event, _):
        nonlocal count
        if not frame.f_code.co_filename.startswith(PARSING):
            return None
        count += event == "line"
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        run(*given)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("above", ["", "It came.\n\n"])
def test_four_times_the_lines_take_four_times_the_steps(kind, above):
    some, more = (above + f"{LINES[kind]}\n" * count for count in (100, 400))

    few, many = steps(quotes.split_reply, some), steps(quotes.split_reply, more)

    assert 0 < many <= 5 * few


@pytest.mark.parametrize(
    "piece", ["<div>", "<blockquote>a</blockquote>b", '<div class="gmail_quote">', "<p>a"]
)
def test_quotations_in_html_are_found_in_one_pass(piece):
    few, many = (steps(list, segments(piece * count)) for count in (100, 400))

    assert 0 < many <= 5 * few


def test_a_line_is_looked_at_no_further_than_a_programs_would_be():
    text = "On " * 60_000 + "2.11.2026 09:15 a@b wrote:\n> Red?\n\nYes."

    assert quotes.split_reply(text).visible.endswith("Yes.")
