"""Chromium as it is on this machine, and a person signed in at a running desk."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState

Known = dict[str, StorageState]
"""What a browser remembers of people who came in by the door once."""

PASSWORD = "juniper-pine"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str:
    """Where the browser is. None is downloaded: it comes with the system."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "These tests need Chromium: apt-get install chromium"
    return found


def sign_in(page: Page, url: str, name: str) -> None:
    """Come in by the door."""
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Name or mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/")


def set_undo(page: Page, *, seconds: int) -> None:
    """Say for how long a reply of one's own waits, where the usual wait is not the point."""
    page.goto("/preferences/")
    page.get_by_label("Seconds to take a reply back").fill(str(seconds))
    page.get_by_role("button", name="Keep").click()
    page.wait_for_url("**/")


def troubles_of(page: Page) -> list[str]:
    """What the browser complains about from now on: errors, and what the policy forbids."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))

    def hear(said: ConsoleMessage) -> None:
        cut_on_purpose = said.location["url"].endswith("/stream/")
        refused_on_purpose = "status of 409" in said.text
        if said.type == "error" and not cut_on_purpose and not refused_on_purpose:
            heard.append(said.text)

    page.on("console", hear)
    return heard


@contextmanager
def seat(
    browser: Browser, url: str, name: str, *, known: Known | None = None, **options: object
) -> Iterator[BrowserContext]:
    """A browser window of somebody who is signed in; who is ``known`` needs no password again."""
    known = {} if known is None else known
    memory = {"storage_state": known.get(name)}
    context = browser.new_context(base_url=url, **{"viewport": DESKTOP} | memory | options)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = context.new_page()
    if name in known:
        page.goto(f"{url}/")
    else:
        sign_in(page, url, name)
        known[name] = context.storage_state()
    try:
        yield context
    finally:
        context.close()
