"""`make screenshots`: draws `docs/screenshots` anew, on the real product with its sample data.

Names of places draw only these: `tests/screenshots.py dead-letters run`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.make.browser import (  # noqa: E402
    DESKTOP,
    PHONE,
    QUIET,
    chromium,
    seat,
    sign_in,
)
from tests.make.imap import ImapServer, pymap  # noqa: E402
from tests.make.letters import letter  # noqa: E402
from tests.make.richmail import rich_mail  # noqa: E402
from tests.make.stack import RunningStack  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
SCREENS = {"desktop": DESKTOP, "phone": PHONE}
SCHEMES = ("light", "dark")
SLIP = {"name": "transfer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" * 9000}
LETTERS = """
from django.db import transaction
from tests.make.correspondence import lay_out
with transaction.atomic():
    lay_out()
"""


@contextmanager
def running() -> Iterator[RunningStack]:
    """The product in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="screenshots-") as folder:
        stack = RunningStack(Path(folder) / "var").until_it_runs(seconds=300)
        try:
            yield stack
        finally:
            stack.stop()


def the_list(page: Page) -> None:
    page.goto("/")


def one_ticket(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Refund for A-1020").click()
    page.locator(".ticket").wait_for()


def a_rich_mail(page: Page) -> None:
    page.goto("/?q=NP008077380")
    page.get_by_role("link", name="comes back").click()
    page.locator(".ticket").wait_for()
    page.get_by_text("Show layout").click()
    page.frame_locator(".layout-frame").frame_locator("iframe").locator("h1").wait_for()


def replies_on_their_way(page: Page) -> None:
    page.goto("/?q=Tent+pole")
    page.get_by_role("link", name="Tent pole").click()
    page.locator(".fate").last.scroll_into_view_if_needed()


def undo(page: Page) -> None:
    """Each time on another ticket: one that was answered is no longer among the open ones."""
    page.goto("/?view=unassigned")
    page.locator(".row-subject a").nth(3).click()
    page.get_by_role("textbox", name="Text").fill("Thank you for your patience.\n\nIt left today.")
    page.locator('[name="chosen"]').set_input_files(SLIP)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("[data-undo]").scroll_into_view_if_needed()


def the_review_queue(page: Page) -> None:
    page.goto("/admin/review/review/queue/")
    page.locator(".review-rows a").first.click()


def the_dead_letters(page: Page) -> None:
    page.goto("/admin/coordination/run/dead-letters/")
    page.locator(".op-letter > summary").nth(2).click()


def one_run(page: Page) -> None:
    page.goto("/admin/coordination/run/dead-letters/?cause=system_down")
    page.locator(".op-letter > summary").first.click()
    page.get_by_role("link", name="with its timeline").first.click()
    page.locator(".op-marks").wait_for()


def the_breakers(page: Page) -> None:
    page.goto("/admin/coordination/breaker/")


def an_inbox(page: Page) -> None:
    page.context.clear_cookies()
    sign_in(page, "", "admin")
    page.goto("/admin/channels/inbox/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("button", name="Save and test connection").first.click()
    page.get_by_text("It works").wait_for()
    page.evaluate("scrollTo(0, 0)")


def the_quarantine(page: Page) -> None:
    page.goto("/admin/channels/receivedmail/quarantine/")


def a_held_mail(page: Page) -> None:
    page.goto("/admin/channels/receivedmail/quarantine/")
    page.locator(".op-entry").nth(5).click()
    page.locator(".ma-raw").wait_for()


def the_conservation(page: Page) -> None:
    page.goto("/admin/channels/receivedmail/conservation/")


def the_door(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")


PLACES = {
    "list": the_list,
    "ticket": one_ticket,
    "rich-mail": a_rich_mail,
    "deliveries": replies_on_their_way,
    "undo": undo,
    "review": the_review_queue,
    "dead-letters": the_dead_letters,
    "run": one_run,
    "breakers": the_breakers,
    "quarantine": the_quarantine,
    "held-mail": a_held_mail,
    "conservation": the_conservation,
    "inbox": an_inbox,
    "sign-in": the_door,
}


MAILS = {"rich-mail", "deliveries"}
"""Places that show mails which the sample data has not."""

TROUBLE = {"dead-letters", "run", "breakers", "inbox", "quarantine", "held-mail", "conservation"}
"""Places that show what went wrong; they come after the others, which show a quiet day."""


def lay_out(stack: RunningStack, server: ImapServer) -> None:
    """Bring trouble on, and a mailbox with mail in it."""
    server.put(*(letter("How warm is it?", subject="Sleeping bag") for _ in range(3)))
    code = f"from tests.make.trouble import lay_out; lay_out(imap_port={server.port})"
    stack.manage("shell", "-c", code)


def draw(
    browser: Browser, stack: RunningStack, screen: str, scheme: str, places: list[str]
) -> None:
    """Visit these places in one size and scheme."""
    options = {"viewport": SCREENS[screen], "color_scheme": scheme}
    with seat(browser, stack.url, "katrin", **options) as context:
        page = context.pages[0]
        for name in places:
            PLACES[name](page)
            page.mouse.move(0, 0)
            page.wait_for_timeout(500)
            page.screenshot(path=FOLDER / f"{name}-{screen}-{scheme}.png")


def main() -> None:
    """Draw everything."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running() as stack, pymap() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        wanted = [name for name in PLACES if name in (sys.argv[1:] or PLACES)]
        for troubled in (False, True):
            places = [name for name in wanted if (name in TROUBLE) == troubled]
            if places and troubled:
                lay_out(stack, server)
            if MAILS & set(places):
                stack.manage("receive_mail", stdin=rich_mail())
                stack.manage("shell", "-c", LETTERS)
            for screen, scheme in product(SCREENS, SCHEMES) if places else ():
                draw(browser, stack, screen, scheme, places)


if __name__ == "__main__":
    main()
