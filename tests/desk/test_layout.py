"""Mails as their senders laid them out: themselves, and harmless."""

import re
import time
from base64 import b64encode

import pytest
from django.urls import reverse

from apps.channels.parsing.html import sanitise
from apps.desk.layout import data_uri, lay_out
from apps.tickets.models import Attachment, Message
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.tickets import ticket

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def body(html: str, **options) -> str:
    """What stands in the body of the page made of raw HTML."""
    page = lay_out(sanitise(html), **{"embedded": {}} | options).html
    return page.partition("<body>")[2].partition("</body>")[0]


def written(**fields) -> Message:
    """A ticket's first message."""
    new = NewMessage(**{"text": "Hello"} | fields)
    return Message.objects.get(ticket=ticket(message=new))


def test_a_mail_looks_like_itself():
    html = (
        '<table width="600"><tr><td align="center" bgcolor="#fafafa" style="color:#333">'
        "<h1>Sale</h1><p>Half &lt;price&gt; &amp; more<br><b>today</b></p></td></tr></table>"
    )

    shown = body(html)

    assert '<td align="center" bgcolor="#fafafa" style="color:#333">' in shown
    assert "<h1>Sale</h1><p>Half &lt;price&gt; &amp; more<br><b>today</b></p>" in shown


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<base href="https://evil.example/">',
        '<form action="https://evil.example"><input name=p><button>Go</button></form>',
        '<iframe src="https://evil.example"></iframe><object data=x></object><embed src=x>',
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        "<style>body{display:none} .composer{position:fixed}</style>",
        '<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:9">x</div>',
        '<div style="background:url(https://evil.example/x.png)">x</div>',
        '<svg onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)" onclick="alert(1)" target="_top">x</a>',
        '<a href="/tickets/5/change/">x</a>',
        '<p class="host" id="pane">leads to bank.example</p>',
        '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "</body></html><script>alert(1)</script>",
    ],
)
def test_nothing_that_acts_is_left(evil):
    shown = body(f"<p>Before</p>{evil}<p>After</p>")

    tags = set(re.findall(r"<([a-z0-9]+)", shown))
    names = set(re.findall(r"<[^>]*? ([a-z:-]+)=", shown))
    assert tags <= {"p", "div", "a", "img", "table", "tbody", "tr", "td", "span"}
    assert names <= {"style", "href", "title", "target", "rel", "class"}
    for bad in ("javascript:", "position", "url(", "evil.example", "/tickets/"):
        assert bad not in shown


def test_a_link_opens_its_own_page_and_its_title_cannot_lie():
    shown = body('<a href="https://evil.example/?a=1&b=2" title="https://bank.example">Go</a>')

    assert shown == (
        '<a href="https://evil.example/?a=1&amp;b=2" title="https://evil.example/?a=1&amp;b=2" '
        'target="_blank" rel="noopener noreferrer nofollow">Go</a>'
    )


def test_a_link_that_lies_is_followed_by_the_truth():
    shown = body('<a href="https://evil.example/">https://<b>bank</b>.example</a>')

    assert shown.endswith('</a> <span class="host">leads to evil.example</span>')


def test_pictures_from_elsewhere_wait_until_somebody_asks():
    html = '<img src="https://news.example/a.png" alt="Boots"><img src="http://b.example/b.png">'

    laid = lay_out(sanitise(html), embedded={})

    assert "news.example" not in laid.html
    assert '<span class="picture">Boots</span>' in laid.html
    assert (laid.elsewhere, list(laid.hosts)) == (2, ["news.example", "b.example"])
    assert 'src="https://news.example/a.png"' in body(html, pictures=True)


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://news.example/p.gif" width="1" height="1">',
        '<img src="https://news.example/p.gif" width="600" height="0">',
        '<img src="http://192.168.0.1/reboot">',
        '<img src="http://localhost:8000/accounts/logout/">',
        '<img src="http://router/reboot">',
        '<img src="cid:nothing@home.example">',
    ],
)
def test_what_only_counts_or_reaches_inside_is_never_fetched(picture):
    assert body(picture, pictures=True) == ""


def test_a_picture_of_the_mail_itself_stands_in_the_page():
    uri = data_uri(PNG)

    shown = body('<img src="cid:logo%40shop" alt="Logo">', embedded={"logo@shop": uri})

    assert shown == f'<img alt="Logo" src="{uri}" loading="lazy">'
    assert uri == f"data:image/png;base64,{b64encode(PNG).decode()}"
    assert data_uri(b"<svg onload=alert(1)>") == ""


def test_a_megabyte_of_html_is_laid_out_in_no_time():
    link = '<p><a href="https://x.example/">bank.example a.b.c.d.e.f</a></p>'
    html = link * (900_000 // len(link))
    begun = time.process_time()

    laid = lay_out(html, embedded={})

    assert time.process_time() - begun < 5
    assert laid.html.count('class="host"') == html.count("<p>")


@pytest.mark.parametrize("html", ["<p>" + "x" * 2_000_000, "<div>" * 20_000, "<b>" * 20_000])
def test_html_that_is_too_wild_or_too_long_has_no_layout(html):
    assert sanitise(html) == ""


@pytest.mark.django_db
def test_the_cage_lets_links_out_and_nothing_else(desk):
    message = written(html='<p>Hello</p><img src="https://news.example/a.png">')
    place = [message.ticket_id, message.pk]

    page = desk.get(reverse("desk:layout", args=place))
    cage = desk.get(reverse("desk:original_body", args=place))

    shown = page.content.decode()
    sandbox = "allow-popups allow-popups-to-escape-sandbox"
    assert f'sandbox="{sandbox}"' in shown
    assert "A picture from news.example is not loaded" in shown
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert cage["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        f"sandbox {sandbox}",
    ]
    assert (page["X-Frame-Options"], cage["X-Frame-Options"]) == ("SAMEORIGIN", "SAMEORIGIN")
    assert cage["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_pictures_are_shown_for_this_once(desk):
    message = written(html='<img src="https://news.example/a.png">')
    place = [message.ticket_id, message.pk]

    asked = desk.get(reverse("desk:layout", args=place), {"pictures": "1"}).content.decode()
    cage = desk.get(reverse("desk:original_body", args=place), {"pictures": "1"})
    later = desk.get(reverse("desk:layout", args=place)).content.decode()

    assert "/original/body/?pictures=1" in asked
    assert "Its sender may know that you looked." in asked
    assert "img-src data: https: http:;" in cage["Content-Security-Policy"]
    assert 'src="https://news.example/a.png"' in cage.content.decode()
    assert "?pictures=1" in later
    assert "/body/?pictures=1" not in later


@pytest.mark.django_db
@pytest.mark.parametrize(("verdict", "shown"), [("", 1), ("clean", 1), ("infected", 0)])
def test_pictures_that_are_kept_back_are_not_in_the_page_either(desk, verdict, shown):
    logo = NewAttachment(name="l.png", content_type="image/png", data=PNG, content_id="l@shop")
    message = written(html='<img src="cid:l%40shop" alt="Logo">', attachments=(logo,))
    Attachment.objects.update(verdict=verdict)

    place = reverse("desk:original_body", args=[message.ticket_id, message.pk])
    page = desk.get(place).content.decode()

    assert page.count("data:image/png;base64,") == shown


@pytest.mark.django_db
def test_the_layout_is_one_click_away_from_the_text(desk):
    plain, rich = written(), written(html="<p>Hello</p>")

    pages = [desk.get(f"/tickets/{each.ticket_id}/").content.decode() for each in (plain, rich)]

    assert ["Show layout" in page for page in pages] == [False, True]
    assert f'src="/tickets/{rich.ticket_id}/messages/{rich.pk}/original/layout/"' in pages[1]
