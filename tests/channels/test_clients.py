"""Replies as mail programs write them: what was typed is shown, in every language."""

import pytest

from apps.channels.parsing import parse_mail
from apps.channels.parsing.quotes import split_reply
from tests.channels.clients import ABOVE_BARE, ABOVE_MARKED, BARE, HTML, MARKED, TAGLINES, TYPED
from tests.make.mails import mail, mixed


@pytest.mark.parametrize("program", ABOVE_MARKED)
def test_above_marked_lines_the_announcement_goes(program):
    text = f"{TYPED}\n\n{ABOVE_MARKED[program]}\n{MARKED}\n"

    assert split_reply(text).visible == TYPED


@pytest.mark.parametrize("program", ABOVE_MARKED)
def test_below_marked_lines_an_answer_is_found(program):
    text = f"{ABOVE_MARKED[program]}\n{MARKED}\n\n{TYPED}\n"

    assert split_reply(text).visible == TYPED


@pytest.mark.parametrize("program", ABOVE_MARKED)
def test_between_marked_lines_every_answer_is_found(program):
    text = f"{ABOVE_MARKED[program]}\n> Red?\n{TYPED}\n> Or blue?\nNo, red.\n> Bye"

    visible = split_reply(text).visible

    assert visible.endswith(f"> Red?\n{TYPED}\n> Or blue?\nNo, red.")


@pytest.mark.parametrize("program", ABOVE_BARE)
def test_above_unmarked_lines_all_that_follows_goes(program):
    text = f"{TYPED}\n\n{ABOVE_BARE[program]}\n\n{BARE}\n"

    assert split_reply(text).visible == TYPED


@pytest.mark.parametrize("tagline", TAGLINES)
def test_what_a_device_signs_goes_with_the_history(tagline):
    text = f"{TYPED}\n\n{tagline}\n\n{ABOVE_BARE['Outlook mobile en']}\n\n{BARE}\n"

    assert split_reply(text).visible == TYPED


@pytest.mark.parametrize("program", HTML)
def test_html_alone_says_where_the_old_mail_begins(program):
    raw = mail(f"<html><body>{HTML[program]}</body></html>", content_type="text/html")

    assert parse_mail(raw).visible == TYPED


def test_answers_inside_gmails_frame_are_found():
    quoted = '<blockquote class="gmail_quote">{}</blockquote>'
    raw = mail(
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Help wrote:</div>'
        f"{quoted.format('Red?')}<div>{TYPED}</div>{quoted.format('Or blue?')}<div>No, red.</div>"
        "</div>",
        content_type="text/html",
    )

    lines = [line for line in parse_mail(raw).visible.split("\n") if line]
    assert lines == ["> On Mon, Help wrote:", ">> Red?", TYPED, "> Or blue?", "No, red."]


def test_a_paragraph_moved_to_the_right_is_no_quotation():
    moved = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>two</div>'
    raw = mail(f"<div>one</div>{moved}</blockquote>", content_type="text/html")

    assert parse_mail(raw).visible == "one\ntwo"


def test_words_below_outlooks_mark_are_kept_when_none_stand_above():
    raw = mail(f'<div id="appendonsend"></div><div>{TYPED}</div>', content_type="text/html")

    assert (parse_mail(raw).visible, parse_mail(raw).text) == (TYPED, TYPED)


def test_html_tells_an_announcement_in_a_language_nobody_knows():
    announced = "Inli 2 tabo 2026 9:15 Help akallu:"
    rich = f'<p>{TYPED}</p><div class="gmail_quote">{announced}<blockquote>Red?</blockquote></div>'
    raw = mixed(
        b"Content-Type: text/plain\r\n\r\n" + f"{TYPED}\n\n{announced}\n> Red?".encode(),
        b"Content-Type: text/html\r\n\r\n" + rich.encode(),
        kind="alternative",
    )

    assert parse_mail(raw).visible == TYPED
