"""The documentation in a real browser, under the product's own content security policy."""

import os

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The browser's own loop runs in this thread; the server has threads of its own.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium."""
    return browser_type_launch_args | {"executable_path": "/usr/bin/chromium"}


def test_the_documentation_lists_the_operations_and_breaks_no_rule(live_server, page):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_role("button", name="Open a ticket for a customer").click()
    page.get_by_role("button", name="Try it out").wait_for()

    assert said == []
