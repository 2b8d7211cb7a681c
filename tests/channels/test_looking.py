"""What is shown of a raw mail is text: it moves, hides and covers nothing."""

import time

import pytest

from apps.channels.parsing.looking import raw_view, visible
from tests.make.mails import mail


def test_head_and_body_stand_apart_as_they_came():
    view = raw_view(b"Subject: Hallo\r\n folded\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n\r\nAda\r\n")

    assert view.head == "Subject: Hallo\n folded"
    assert view.body == "Grüße\n\nAda\n"
    assert view.left_out == 0


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\x1b[2J\x1b]0;gone\x07", r"\x1b[2J\x1b]0;gone\x07"),
        ("refund\u202e001".encode(), r"refund\u202e001"),
        ("a\u2066b\u2069\u200bc\ufeff".encode(), r"a\u2066b\u2069\u200bc\ufeff"),
        (b"nothing\0here", r"nothing\x00here"),
        (b"\xff\xfe raw", r"\xff\xfe raw"),
        (b"one\rtwo", r"one\rtwo"),
        ("tag\U000e0041".encode(), r"tag\U000e0041"),
        ("\u3164\u2028".encode(), r"\u3164\u2028"),
        ("नमस्ते, ça va?\t👍".encode(), "नमस्ते, ça va?\t👍"),
        (b"<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_what_is_not_seen_stands_as_its_code(raw, shown):
    assert raw_view(b"\n\n" + raw).body == shown


def test_accents_pile_up_only_so_high():
    assert visible("Z" + "\u0301" * 6) == "Z" + "\u0301" * 4 + r"\u0301\u0301"


def test_a_line_of_megabytes_is_cut_and_says_so():
    view = raw_view(b"X: 1\n\n" + b"a" * 150_000)

    assert view.body == "a" * 2000 + " … 148,000 more characters in this line"


def test_of_a_large_mail_the_beginning_is_shown_and_how_much_is_not():
    view = raw_view(mail("line\n" * 2_000_000))

    assert len(view.head) + len(view.body) < 200_001
    assert view.left_out > 9_000_000


def test_the_worst_of_mails_is_laid_out_at_once():
    worst = ("\u202e\u0301\xff" * 70_000).encode()

    begun = time.process_time()
    raw_view(worst)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"no head", b"\0" * 1000])
def test_any_bytes_are_shown(raw):
    view = raw_view(raw)

    assert "\0" not in view.head + view.body
