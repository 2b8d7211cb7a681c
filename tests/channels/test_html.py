"""HTML from strangers: harmless where it is shown, readable where it is text."""

import pytest

from apps.channels.parsing import parse_mail
from apps.channels.parsing.html import html_to_text, sanitise
from tests.make.mails import mail, mixed

REPLY = "<div>Hi. I am fine.</div><div>Thanks,<br>Ada</div>"
OLD = "<div>Hello! How are you?</div>"


def html_mail(html: str) -> bytes:
    return mail(html, content_type="text/html; charset=utf-8")


def test_html_alone_is_read_as_text():
    parsed = parse_mail(
        html_mail(
            "<style>p {color: red}</style><p>Dear <b>help</b>,</p>"
            "<table><tr><td>A-1042</td><td>2 chairs</td></tr></table><ul><li>one</li></ul>"
        )
    )

    assert parsed.text.split() == ["Dear", "help,", "A-1042", "2", "chairs", "*", "one"]
    assert parsed.html == (
        "<p>Dear <b>help</b>,</p>"
        "<table><tbody><tr><td>A-1042</td><td>2 chairs</td></tr></tbody></table>"
        "<ul><li>one</li></ul>"
    )


def test_the_plain_part_is_preferred():
    plain = b"Content-Type: text/plain\r\n\r\nplain"
    rich = b"Content-Type: text/html\r\n\r\n<p>rich</p>"

    parsed = parse_mail(mixed(plain, rich, kind="alternative"))

    assert (parsed.text, parsed.html, parsed.attachments) == ("plain", "<p>rich</p>", ())


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        ("<script>alert(1)</script>", ""),
        ('<img src="x" onerror="alert(1)">', "<img>"),
        ('<img src="//spy.example/pixel.gif" alt="logo">', '<img alt="logo">'),
        ('<img src="data:image/svg+xml,x">', "<img>"),
        ('<td background="https://spy.example/x.gif">x</td>', "x"),
        ('<img src="cid:logo@x">', '<img src="cid:logo@x">'),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer nofollow">x</a>'),
        ('<p style="position:fixed" class="x" id="y">x</p>', "<p>x</p>"),
        ('<form action="https://x.example"><input name="password">x</form>', "x"),
        ('<iframe src="https://x.example"></iframe>x', "x"),
        ('<base href="https://x.example">x', "x"),
        ("<svg><script>alert(1)</script></svg>x", "x"),
        ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""),
        ('<meta http-equiv="refresh" content="0; url=https://x.example">x', "x"),
    ],
)
def test_nothing_runs_and_nothing_hides_what_it_loads(hostile, kept):
    assert sanitise(hostile) == kept


@pytest.mark.parametrize(
    "kept",
    [
        '<img src="https://shop.example/logo.gif" alt="logo">',
        '<img src="http://shop.example/logo.gif" width="20">',
        '<img src="cid:logo@x">',
        '<a href="tel:+4930123" rel="noopener noreferrer nofollow">call</a>',
        '<a href="mailto:ada@example.org" rel="noopener noreferrer nofollow">write</a>',
        '<p style="color:#c00;text-align:center;padding:0 4px">x</p>',
        '<p style="border-top:1px solid rgb(1, 2, 3)">x</p>',
    ],
)
def test_pictures_links_and_looks_stay(kept):
    assert sanitise(kept) == kept


@pytest.mark.parametrize(
    "style",
    [
        "position:fixed",
        "background-color:url(https://spy.example/x.gif)",
        "background:url(https://spy.example/x.gif)",
        "width:expression(alert(1))",
        "color:var(--x)",
        "color:re\\64",
        "margin:-400px",
        "margin-top: -.5em",
        "display:none",
        "color:red" + " " * 500,
    ],
)
def test_a_style_that_moves_hides_or_fetches_goes(style):
    assert sanitise(f'<p style="{style}">x</p>') == "<p>x</p>"


def test_of_a_mixed_style_the_harmless_part_stays():
    html = '<p style="position:fixed; COLOR: Red; top:0">x</p><b style="color:red">y</b>'

    assert sanitise(html) == '<p style="color:Red">x</p><b>y</b>'


@pytest.mark.parametrize(
    "history",
    [
        f'<div class="gmail_quote">On 2 Nov 2026 Bob wrote:<blockquote>{OLD}</blockquote></div>',
        f'<div class="gmail_quote gmail_quote_container">On 2 Nov Bob wrote:{OLD}</div>',
        f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Bob</div>{OLD}',
        f'<div class="moz-cite-prefix">On 2.11.26 9:15, Bob wrote:</div>'
        f'<blockquote type="cite">{OLD}</blockquote>',
        f'<hr id="zwchr"><b>From: </b>Bob{OLD}',
        f'<span id="OLK_SRC_BODY_SECTION"><div>From: Bob</div>{OLD}</span>',
        f'<div class="yahoo_quoted">On 2 Nov 2026 Bob wrote:{OLD}</div>',
        f"<p>Mon, 2 Nov 2026 14:00 от Bob &lt;b@x.example&gt;:</p><blockquote>{OLD}</blockquote>",
    ],
)
def test_history_that_html_marks_is_left_out(history):
    parsed = parse_mail(html_mail(REPLY + history))

    assert parsed.visible == "Hi. I am fine.\nThanks,\nAda"
    assert "How are you?" in parsed.text


def test_an_answer_below_marked_history_is_found():
    parsed = parse_mail(
        html_mail(f"<div>On 2.11.26 9:15 B wrote:</div><blockquote>{OLD}</blockquote><p>Fine.")
    )

    assert parsed.visible == "Fine."


def test_html_marks_help_where_the_plain_text_has_none():
    plain = b"Content-Type: text/plain\r\n\r\nThanks.\r\n\r\nBob, Monday:\r\nHello!"
    rich = f'Content-Type: text/html\r\n\r\nThanks.<div class="gmail_quote">{OLD}</div>'

    parsed = parse_mail(mixed(plain, rich.encode(), kind="alternative"))

    assert (parsed.visible, parsed.text) == ("Thanks.", "Thanks.\n\nBob, Monday:\nHello!")


def test_html_that_is_all_quote_is_kept_whole():
    parsed = parse_mail(html_mail(f"<blockquote>{OLD}</blockquote>"))

    assert parsed.visible == "> Hello! How are you?"


def test_html_without_headers_is_known_for_what_it_is():
    parsed = parse_mail(f"<html><body>{REPLY}</body></html>".encode())

    assert parsed.text == "Hi. I am fine.\nThanks,\nAda"


@pytest.mark.parametrize(
    ("link", "text"),
    [
        (
            '<a href="https://evil.example/x">www.bank.example</a>',
            "www.bank.example <evil.example>",
        ),
        (
            '<a class=">" href="http://evil.example">bank.<b>example</b></a>',
            "bank.example <evil.example>",
        ),
        ('<a href="https://bank.example@evil.example/">bank</a>', "bank <evil.example>"),
        ('<a href="https://www.bank.example/x">bank.example</a>', "bank.example"),
        ('<a href="https://track.example/1">Read more</a>', "Read more"),
        (
            '<a href="mailto:eve@evil.example">ada@bank.example</a>',
            "ada@bank.example <evil.example>",
        ),
    ],
)
def test_a_link_that_names_another_host_says_its_own_in_the_text(link, text):
    assert html_to_text(f"<p>See {link}.</p>") == f"See {text}."


def test_links_without_end_are_read_in_no_time():
    link = '<a href="https://evil.example/">bank.example</a>'

    text = html_to_text(f"<p>{link * 6000}</p>")

    assert text.count("<evil.example>") == 5000
