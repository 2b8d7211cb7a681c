"""A calendar part is shown by a line; whatever it holds, reading it is quick and quiet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.parsing.calendar import calendar_line

INVITATION = """BEGIN:VCALENDAR\r
METHOD:{method}\r
BEGIN:VTIMEZONE\r
TZID:Europe/Berlin\r
BEGIN:STANDARD\r
DTSTART:19701025T030000\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
{start}\r
SUMMARY;LANGUAGE=de:Mittag\\, bei\\n Ada\\; g\r
 anz lang\r
BEGIN:VALARM\r
SUMMARY:Alarm\r
END:VALARM\r
END:VEVENT\r
BEGIN:VEVENT\r
SUMMARY:Another\r
END:VEVENT\r
END:VCALENDAR\r
"""
BERLIN = "DTSTART;TZID=Europe/Berlin:20261102T091500"


def said(method: str = "REQUEST", start: str = BERLIN) -> str:
    return calendar_line(INVITATION.format(method=method, start=start).encode())


@pytest.mark.parametrize(
    ("start", "when"),
    [
        (BERLIN, ", 2026-11-02 09:15 (Europe/Berlin)"),
        ('DTSTART;TZID="W. Europe Time":20261102T091500', ", 2026-11-02 09:15 (W. Europe Time)"),
        ("DTSTART:20261102T081500Z", ", 2026-11-02 08:15 UTC"),
        ("DTSTART:20261102T081500", ", 2026-11-02 08:15"),
        ("DTSTART;VALUE=DATE:20261102", ", 2026-11-02"),
        ("DTSTART:tomorrow", ""),
        ("X:1", ""),
    ],
)
def test_an_invitation_says_what_and_when(start, when):
    assert said(start=start) == f"Invitation: Mittag, bei Ada; ganz lang{when}"


@pytest.mark.parametrize(
    ("method", "word"),
    [
        ("CANCEL", "Cancelled"),
        ("reply", "Answer to an invitation"),
        ("COUNTER", "Another time proposed"),
        ("PUBLISH", "Calendar entry"),
        ("SOMETHING", "Calendar entry"),
    ],
)
def test_its_method_is_a_word(method, word):
    assert said(method=method).startswith(f"{word}: Mittag")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\nEND:VCALENDAR",
        b"SUMMARY:outside of any event",
        b"BEGIN:VEVENT\nSUMMARY:\nEND:VEVENT",
        b"BEGIN:VEVENT\n" * 100_000,
        b"BEGIN:VEVENT\nSUMMARY" + b';X="' * 100_000,
        b"BEGIN:VEVENT\nSUMMARY" + b";X=" * 100_000 + b":y",
        b"\n " * 5_000_000,
    ],
)
def test_what_says_nothing_is_no_line(data):
    assert calendar_line(data) == ""


@given(st.text(alphabet='BEGIN:VTSUMARY;="\\n\r\n \x00\u202e', max_size=300))
def test_a_line_is_one_line_and_bounded(text):
    line = calendar_line(f"BEGIN:VEVENT\nSUMMARY:{text}\n".encode())

    assert len(line) <= 200
    assert line.isprintable()
