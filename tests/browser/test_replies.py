"""A reply on its way: files, undo by key and by form, states that change by themselves."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.make.browser import set_undo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
FILES = [
    {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" * 400},
    {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": bytes(1_500_000)},
]


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Text").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_z_takes_a_reply_back_and_what_was_typed_since_stays(sit, post, outbox):
    number, page = post(subject="Too quick"), sit()
    page.goto(f"/tickets/{number}/")
    page.locator('[name="chosen"]').set_input_files(FILES)
    write(page, "Sent too early.")
    expect(page.locator("undo-clock")).to_have_text(re.compile(r"Leaves in 1[0-5] s"))
    page.get_by_role("textbox", name="Text").fill("An afterthought.")
    page.locator("#thread-scroll").focus()

    page.keyboard.press("z")

    expect(page.locator(".message-withdrawn")).to_contain_text("Taken back")
    area = page.get_by_role("textbox", name="Text")
    expect(area).to_have_value("Sent too early.\n\nAn afterthought.")
    expect(area).to_be_focused()
    expect(page.locator("[name=kept]:checked")).to_have_count(2)
    expect(page.locator(".ticket-sub .state")).to_have_text("Open")
    assert not [each for each in outbox.glob("*.eml") if b"Sent too early" in each.read_bytes()]


def test_undo_without_a_script(sit, post):
    number, page = post(subject="No script, undone"), sit("ben", java_script_enabled=False)
    page.goto(f"/tickets/{number}/?view=unassigned")
    write(page, "Rather not.")

    page.get_by_role("button", name="Undo").click()

    expect(page).to_have_url(re.compile(r"view=unassigned&again=\d+#composer$"))
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Rather not.")
    expect(page.locator(".message-withdrawn")).to_contain_text("nobody got it")


def test_files_are_listed_with_their_sizes_and_can_be_removed(sit, post):
    number, page = post(subject="With files"), sit()
    page.goto(f"/tickets/{number}/")

    for file in FILES:
        with page.expect_file_chooser() as chooser:
            page.get_by_title("Attach files").click()
        chooser.value.set_files([file])
    expect(page.locator("[data-chosen]")).to_contain_text("photo.jpg1.4 MB")
    page.get_by_role("button", name="Remove photo.jpg").click()
    page.get_by_label("Quote Ida Rhodes").check()
    write(page, "Here it is.")

    sent = page.locator(".message-ours")
    expect(sent.locator(".attachment")).to_have_count(1)
    expect(sent).to_contain_text("invoice.pdf")
    expect(page.locator("[data-chosen] li")).to_have_count(0)


def test_a_refused_reply_keeps_its_files_and_its_fields(sit, post):
    number, page = post(subject="Wrong address"), sit()
    page.goto(f"/tickets/{number}/")
    page.locator(".envelope summary").click()
    page.get_by_label("Cc", exact=True).fill("nobody")
    page.locator('[name="chosen"]').set_input_files(FILES)
    write(page, "To whom?")

    expect(page.locator(".composer .alert").first).to_contain_text("“nobody” is no mail address")
    expect(page.get_by_label("Cc", exact=True)).to_have_value("nobody")
    expect(page.locator("[data-chosen] li")).to_have_count(2)
    page.get_by_label("Cc", exact=True).fill("kim@work.example")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator(".message-ours")).to_contain_text("and 1 more")
    expect(page.locator(".message-ours .attachment")).to_have_count(2)


def test_a_copies_everybody_of_the_mail(sit, post):
    number = post(subject="In a round", Cc="Otto <otto@freight.example>")
    page = sit()
    page.goto(f"/tickets/{number}/")

    page.keyboard.press("a")

    expect(page.get_by_label("Cc", exact=True)).to_have_value(re.compile("otto@freight.example"))
    expect(page.get_by_role("textbox", name="Text")).to_be_focused()


def test_a_reply_counts_down_and_leaves_by_itself_without_a_jump(sit, post):
    number, page = post(subject="By itself"), sit("sofie")
    set_undo(page, seconds=5)
    page.goto(f"/tickets/{number}/")
    write(page, "It leaves alone.")
    ours = page.locator(".message-ours")
    tall = ours.bounding_box()["height"]

    expect(ours.get_by_role("status")).to_contain_text("Queued")
    expect(ours.locator(".delivery")).to_have_text("Sent", timeout=45_000)

    assert abs(ours.bounding_box()["height"] - tall) < 1
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_undo_that_comes_too_late_is_told_and_what_was_typed_stays(sit, post):
    number, page, other = post(subject="Slow hand"), sit("sofie"), sit("ben")
    set_undo(page, seconds=5)
    page.goto(f"/tickets/{number}/")
    held: list[Route] = []
    page.route("**/undo/*", lambda route: held.append(route))
    page.route("**/undo/", lambda route: held.append(route))
    write(page, "On its way.")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("textbox", name="Text").fill("The next one.")

    other.goto(f"/tickets/{number}/")
    expect(other.locator(".message-ours .delivery")).to_have_text("Sent", timeout=45_000)
    held[0].continue_()

    expect(page.locator(".fate")).to_contain_text("It is too late to take this reply back")
    expect(page.get_by_role("textbox", name="Text")).to_have_value("The next one.")


def test_what_is_in_doubt_is_settled_on_the_message(sit, post, shell):
    number, page = post(subject="Doubtful"), sit()
    code = "from django.db import transaction; from tests.make.correspondence import lay_out; "
    shell.run(f"{code}transaction.atomic(lay_out)('Doubtful')")
    page.goto(f"/tickets/{number}/")
    doubt = page.locator(".message-ours", has_text="refunded the postage")

    doubt.get_by_text("Send again …").click()
    expect(doubt).to_contain_text("may get a second copy")
    doubt.get_by_role("button", name="It arrived").click()

    expect(doubt.locator(".delivery")).to_have_text("Sent")
    expect(doubt.locator(".fate")).to_have_count(0)
    expect(page.locator("#thread")).to_contain_text("did not get it")


def test_a_reply_that_becomes_a_note_keeps_its_text_and_is_named_so(sit, post):
    number, page = post(subject="For colleagues"), sit()
    page.goto(f"/tickets/{number}/")
    page.get_by_role("textbox", name="Text").fill("Half a thought.")

    page.get_by_title("Internal note (n)").click()

    area = page.get_by_role("textbox", name="Text of the note")
    expect(area).to_have_value("Half a thought.")
    expect(area).to_have_attribute("placeholder", "Write a note for your colleagues")
    page.get_by_title("Reply (r)").click()
    expect(area).to_have_count(0)


def test_keys_that_can_do_nothing_say_so(sit, post):
    number, page = post(subject="Nothing to do"), sit()
    page.goto(f"/tickets/{number}/")
    page.locator("#thread-scroll").focus()

    page.keyboard.press("z")

    expect(page.locator("#notices")).to_contain_text("none can be taken back")
    page.keyboard.press("a")
    expect(page.get_by_label("Cc", exact=True)).to_be_visible()
    expect(page.locator("#notices")).to_contain_text("Nobody else got the last mail.")
