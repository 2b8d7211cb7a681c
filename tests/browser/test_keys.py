"""Working by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def test_a_ticket_is_found_answered_and_left_by_keys(sit, post):
    number, page = post(subject="Keys only"), sit()
    press, kind = page.keyboard.press, page.keyboard.type

    press("/")
    kind("Keys only")
    expect(page.locator("#list h1")).to_have_text("Search")
    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=Keys\+only"))
    press("Escape")
    press("j")
    press("Enter")
    expect(page).to_have_url(re.compile(rf"/tickets/{number}/\?q=Keys"))
    press("i")
    expect(page.get_by_label("Owner")).to_contain_text("Katrin Vogel")
    press("n")
    kind("Noted by hand, e i j k are only letters here.")
    press("Control+Enter")
    expect(page.locator(".message-note")).to_contain_text("e i j k are only letters")
    press("r")
    kind("Answered by hand.")
    press("Control+Enter")
    expect(page.locator(".message-ours")).to_contain_text("Answered by hand.")
    press("w")
    expect(page.locator("#panel-why > summary")).to_be_focused()
    press("e")
    expect(page.locator(".ticket-sub .state")).to_have_text("Solved")
    press("u")

    expect(page.locator(".ticket")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/\?q=Keys\+only$"))


def test_the_list_of_keys_opens_and_closes_by_keys(sit):
    page = sit()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(page.locator(".row[data-current]")).to_have_count(0)


def test_g_leads_to_places(sit):
    page = sit()

    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile(r"view=mine"))
    page.keyboard.press("g")
    page.keyboard.press("r")

    expect(page).to_have_url(re.compile(r"/admin/review/"))


def test_back_and_forward_lead_through_the_tickets_that_were_open(sit, post):
    first, second, page = post(subject="First"), post(subject="Second"), sit()
    page.get_by_role("link", name="First", exact=True).first.click()
    expect(page).to_have_url(re.compile(rf"/tickets/{first}/"))
    page.get_by_role("link", name="Second", exact=True).first.click()
    expect(page.locator("#ticket-subject")).to_have_text("Second")

    page.go_back()
    expect(page.locator("#ticket-subject")).to_have_text("First")
    page.go_back()
    expect(page.locator(".ticket")).to_have_count(0)
    page.go_forward()

    expect(page.locator("#ticket-subject")).to_have_text("First")
    assert page.url.endswith(f"/tickets/{first}/")
    assert first != second
