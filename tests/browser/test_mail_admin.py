"""What admins and leads do with inboxes and held mail, on the real product."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.make.browser import DESKTOP, PHONE
from tests.make.client import within
from tests.make.imap import PASSWORD, USER, pymap
from tests.make.mails import mail

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

DESK = "/admin/channels/receivedmail/quarantine/"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
HOSTILE = "<script>document.title = 'stolen'</script>\u202e\x1b[2J"
HOLD = """
from tests.make.held import held
rows = held({number}, reason={reason!r}, subject={subject!r}, raw={raw!r})
print(" ".join(str(row.pk) for row in rows))
"""


@pytest.fixture
def hold(shell):
    """Mails lie in quarantine for a reason."""

    def lay(number: int = 1, reason: str = "Brake: 20 mails.", subject: str = "A parcel", **more):
        raw = more.get("raw", mail(subject=subject))
        code = HOLD.format(number=number, reason=reason, subject=subject, raw=raw)
        return [int(word) for word in shell.run(code).split()]

    return lay


def open_inbox(page: Page) -> None:
    page.goto("/admin/channels/inbox/")
    page.locator("#result_list tbody a").first.click()
    page.locator(".in-boxes").wait_for()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_mailbox_is_added_and_tried_at_one_press(sit, java_script_enabled):
    page = sit("admin", java_script_enabled=java_script_enabled)
    with pymap() as server:
        open_inbox(page)
        page.get_by_text("Add a mailbox").click()
        added = page.locator(".in-box").last
        added.get_by_label("Server").fill("localhost")
        added.get_by_label("Port").fill(str(server.port))
        added.get_by_label("Security").select_option("plain")
        added.get_by_label("User name").fill(USER)
        added.get_by_label("Password").fill("wrong")
        added.get_by_role("button", name="Save and test connection").click()

        box = page.locator(".in-box", has_text="localhost").last
        expect(box.locator(".in-said")).to_contain_text("does not let help@desk.example in")
        expect(box.get_by_label("Password")).to_have_value("")
        if java_script_enabled:
            expect(box.get_by_label("Password")).to_be_focused()
        box.get_by_label("Password").fill(PASSWORD)
        box.get_by_role("button", name="Save and test connection").click()
        expect(box.locator(".in-said")).to_contain_text("It works: INBOX has")

        box.get_by_text("Settings").click()
        box.get_by_label("Remove this mailbox").check()
        page.get_by_role("button", name="Save and continue editing").click()
        expect(page.locator(".in-box", has_text="localhost")).to_have_count(0)


def test_a_provider_fills_the_fields_and_only_what_matters_is_there(sit):
    page = sit("admin")
    open_inbox(page)
    page.get_by_text("Add a mailbox").click()
    added = page.locator(".in-box").last

    added.get_by_label("Provider").select_option("microsoft")

    expect(added.get_by_label("Server")).to_have_value("outlook.office365.com")
    expect(added.get_by_label("Client id")).to_be_visible()
    expect(added.get_by_label("Password")).to_be_hidden()
    expect(added.get_by_label("Folder to move to")).to_be_hidden()


def test_enter_in_a_field_saves_and_tries_nothing(sit):
    page = sit("admin")
    open_inbox(page)

    page.get_by_label("Name", exact=True).press("Enter")

    expect(page).to_have_url(re.compile(r"/admin/channels/inbox/$"))


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_one_is_looked_at_and_processed_again(sit, shell, hold, java_script_enabled):
    (held,) = hold(subject="The seam tore")
    page = sit(java_script_enabled=java_script_enabled)

    page.goto("/admin/")
    page.get_by_role("link", name=re.compile("Quarantine")).first.click()
    page.locator(f"#mail-{held} a").click()
    expect(page.get_by_role("heading", name="What would be filed")).to_be_visible()
    page.get_by_label("Why").fill("It is a customer.")
    page.get_by_role("button", name="Process again").click()

    expect(page.locator(".messagelist")).to_contain_text("1 mail was processed again and is a ")
    asked = (
        f"from apps.channels.models import *; print(ReceivedMail.objects.get(pk={held}).outcome)"
    )
    within(20, lambda: shell.run(asked) in ("ticket", "reply"))


def test_all_of_a_reason_are_ignored_with_a_reason_however_many(sit, hold):
    hold(120, reason="Robots: 7 of them.")
    page = sit()
    page.goto(DESK)

    page.get_by_label("Reason").select_option(label="Robots (120)")
    expect(page).to_have_url(re.compile(r"\?cause=Robots$"))
    page.locator("summary", has_text="All 120 that match").click()
    page.get_by_role("button", name="Ignore all").click()
    page.get_by_role("button", name="Ignore 120 mails").click()
    expect(page.get_by_label("Why")).to_be_focused()
    page.get_by_label("Why").fill("A parcel service that cannot stop.")
    page.get_by_role("button", name="Ignore 120 mails").click()

    expect(page.locator(".messagelist")).to_contain_text("120 mails are ignored.", timeout=60_000)
    expect(page.get_by_text("Nothing here matches.")).to_be_visible()


def test_on_a_phone_all_received_mails_of_a_page_are_chosen_at_one_press(sit, hold):
    hold(2)
    page = sit(viewport=PHONE)
    page.goto("/admin/channels/receivedmail/")
    boxes = page.locator("#result_list .action-select")

    page.get_by_text("All on this page").click()

    expect(page.get_by_label("All on this page")).to_be_checked()
    expect(page.locator("#result_list .action-select:checked")).to_have_count(boxes.count())
    boxes.first.uncheck()
    expect(page.get_by_label("All on this page")).not_to_be_checked()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_and_nothing_of_a_mail_comes_alive(sit, hold, viewport, scheme):
    evil = LONG + HOSTILE
    raw = mail(evil * 20, subject=evil, **{"from": f"{LONG} <{LONG}@x.example>"})
    (held,) = hold(reason=LONG, subject=LONG, raw=raw)
    page = sit("admin", viewport=viewport, color_scheme=scheme)

    for address in (DESK, f"/admin/channels/receivedmail/{held}/look/", f"{DESK}../conservation/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        assert "stolen" not in page.title()
    open_inbox(page)
    page.get_by_text("Add a mailbox").click()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
