"""What an agent does in a day, on the real product."""

import email
import re
import time
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.make.browser import PASSWORD, set_undo
from tests.make.client import within

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def mail_with(outbox: Path, words: str, *, seconds: float = 45) -> email.message.EmailMessage:
    """The mail in the outbox that has these words, once it is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in sorted(outbox.glob("*.eml"), reverse=True):
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            text = mail.get_body(("plain",))
            if text and words in text.get_content():
                return mail
        time.sleep(0.1)
    raise AssertionError(f"No mail says {words!r}")


def reply(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Text").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_an_agent_answers_and_the_mail_threads(sit, post, outbox):
    number, page = post(subject="Lantern broken"), sit("sofie")
    set_undo(page, seconds=1)

    page.get_by_role("link", name="Lantern broken").first.click()
    expect(page).to_have_url(re.compile(rf"/tickets/{number}/"))
    reply(page, "A new lantern is on its way, it left just now.")

    sent = page.locator(".message-ours").last
    expect(sent).to_contain_text("A new lantern")
    expect(sent.locator(".delivery")).to_have_text("Sent", timeout=45_000)
    mail = mail_with(outbox, "A new lantern is on its way")
    assert mail["In-Reply-To"] == mail["References"]
    assert re.fullmatch(r"<browser-\d+@home\.example>", mail["In-Reply-To"])
    assert mail["Subject"] == f"Re: Lantern broken [#{number}]"
    expect(page.locator(".ticket-sub .state")).to_have_text("Pending")


def test_the_whole_flow_works_without_a_script(sit, post, outbox):
    number, page = post(subject="No script, no problem"), sit("sofie", java_script_enabled=False)
    set_undo(page, seconds=1)

    page.goto("/?view=unassigned")
    page.get_by_role("link", name="No script, no problem").first.click()
    page.get_by_role("button", name="Assign to me").click()
    page.get_by_label("Priority", exact=True).select_option(label="High")
    page.get_by_label("Tags", exact=True).fill("lantern, no-script")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Tags", exact=True)).to_have_value("lantern, no-script")
    page.locator("label", has_text="Note").click()
    page.get_by_role("textbox", name="Text").fill("She is a regular.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".message-note")).to_contain_text("She is a regular.")
    reply(page, "Solved without a single line of script.")

    assert page.url.endswith(f"/tickets/{number}/?view=unassigned")
    expect(page.get_by_label("Owner", exact=True)).to_contain_text("Sofie Brandt")
    expect(page.locator(".message-ours")).to_contain_text("without a single line")
    assert mail_with(outbox, "without a single line of script")["To"].startswith("ida")
    page.get_by_role("button", name="Solve", exact=True).click()
    expect(page.locator(".ticket-sub .state")).to_have_text("Solved")
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("heading", name="Unassigned")).to_be_visible()


def test_search_without_a_script_finds_an_order_number(sit):
    page = sit(java_script_enabled=False)

    page.get_by_role("searchbox").fill("A-1020")
    page.get_by_role("searchbox").press("Enter")

    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    expect(page.locator(".row")).not_to_have_count(0)


def test_a_new_mail_appears_by_itself_and_a_half_written_text_stays(sit, post):
    number, page = post(subject="First words"), sit()
    page.goto(f"/tickets/{number}/")
    page.get_by_role("textbox", name="Text").fill("Half a sent")
    sender = page.locator(".message-who span").first.inner_text()

    post(subject="Another customer's trouble")
    post(
        subject="Re: First words",
        text="One more thing.",
        From=f"Ida Rhodes <{sender}>",
        Subject=f"Re: First words [#{number}]",
        In_Reply_To=f"<browser-{int(sender[3:].split('@')[0])}@home.example>",
    )

    expect(page.locator(".message-customer").last).to_contain_text("One more thing.")
    expect(page.locator(".row", has_text="Another customer's trouble")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Half a sent")


def test_two_agents_do_not_overwrite_each_other(sit, post):
    number = post(subject="Two at once")
    ben, sofie = sit("ben"), sit("sofie")
    for page in (ben, sofie):
        page.route("**/stream/", lambda route: route.abort())
        page.goto(f"/tickets/{number}/")

    ben.get_by_label("Status", exact=True).select_option(label="Pending")
    expect(ben.locator(".ticket-sub .state")).to_have_text("Pending")
    sofie.get_by_role("textbox", name="Text").fill("Kept text")
    sofie.get_by_label("Status", exact=True).select_option(label="On hold")

    expect(sofie.locator("#properties .alert")).to_contain_text("Ben Carter set the status")
    expect(sofie.get_by_label("Status", exact=True)).to_have_value("pending")
    expect(sofie.get_by_role("textbox", name="Text")).to_have_value("Kept text")
    sofie.close()
    ben.close()


def test_a_draft_outlives_the_page(sit, post):
    number, page = post(subject="Drafty"), sit()
    page.goto(f"/tickets/{number}/")
    page.get_by_role("textbox", name="Text").press_sequentially("Not yet sent")

    page.reload()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Not yet sent")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message-ours")).to_contain_text("Not yet sent")
    page.reload()

    expect(page.get_by_role("textbox", name="Text")).to_have_value("")


def test_without_the_stream_the_page_asks_by_itself(sit, post):
    page = sit()
    page.clock.install()
    page.route("**/stream/", lambda route: route.abort())
    page.goto("/")
    post(subject="Nobody told me")

    def shown():
        page.clock.run_for(21_000)
        return page.locator(".row", has_text="Nobody told me").is_visible()

    within(20, shown)
    page.close()


def test_a_slow_answer_does_not_come_into_the_ticket_opened_meanwhile(sit, post):
    first, second, page = post(subject="Slow one"), post(subject="Quick one"), sit()
    held: list[Route] = []
    page.route("**/write/*", lambda route: held.append(route))
    page.get_by_role("link", name="Slow one").first.click()
    expect(page).to_have_url(re.compile(rf"/tickets/{first}/"))
    reply(page, "Sent while leaving")

    page.get_by_role("link", name="Quick one").first.click()
    expect(page.locator("#ticket-subject")).to_have_text("Quick one")
    with page.expect_response("**/write/*"):
        held[0].continue_()
    page.wait_for_timeout(500)

    expect(page.locator("#ticket-subject")).to_have_text("Quick one")
    expect(page.locator(".message-ours")).to_have_count(0)
    assert f"/tickets/{second}/" in page.url
    page.goto(f"/tickets/{first}/")
    expect(page.locator(".message-ours")).to_contain_text("Sent while leaving")
    expect(page.get_by_role("textbox", name="Text")).to_have_value("")


def test_a_reply_outlives_the_session(sit, post):
    number, page = post(subject="Signed out"), sit("ben")
    page.route("**/stream/", lambda route: route.abort())
    page.goto(f"/tickets/{number}/")
    page.get_by_role("textbox", name="Text").press_sequentially("Typed for an hour")

    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_label("Name or mail address").fill("ben")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(re.compile(rf"/tickets/{number}/$"))
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Typed for an hour")
