"""Text made fit to be kept."""

import pytest

from apps.core.text import clean_text, one_line


def test_what_postgresql_refuses_is_taken_out_and_line_ends_are_ordinary():
    assert clean_text("a\x00b\r\nc\rd\ud800") == "ab\nc\nd?"


@pytest.mark.parametrize(
    ("text", "line"),
    [("", ""), (" a \n\t b ", "a b"), ("12345", "12345"), ("123456", "1234…"), ("\x00", "")],
)
def test_one_line_is_the_beginning_of_a_text(text, line):
    assert one_line(text, 5) == line
