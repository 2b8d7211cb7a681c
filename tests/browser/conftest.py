"""The real product, started once, and people with browsers at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.make.browser import QUIET, chromium, seat, troubles_of
from tests.make.stack import RunningStack, gone

numbers = count(1)
Sit = Callable[..., Page]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """`make run` with its sample data, in a folder of its own."""
    running = RunningStack(tmp_path_factory.mktemp("desk") / "var")
    try:
        yield running.until_it_runs(seconds=300)
    finally:
        running.stop()
        assert gone(running)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return browser_type_launch_args | {"executable_path": chromium(), "args": QUIET}


@pytest.fixture
def sit(browser: Browser, stack: RunningStack) -> Iterator[Sit]:
    """Somebody sits down at the desk: ``sit("ben")`` is their page. Nothing may go wrong on it."""
    with ExitStack() as seats:
        heard = []

        def sit_down(name: str = "katrin", **options: object) -> Page:
            context = seats.enter_context(seat(browser, stack.url, name, **options))
            page = context.pages[0]
            heard.append(troubles_of(page))
            return page

        yield sit_down
        assert [trouble for troubles in heard for trouble in troubles] == []


@pytest.fixture
def post(stack: RunningStack) -> Callable[..., int]:
    """Somebody writes to the shop; returns the number of the ticket it became."""

    def send(
        subject: str = "Where is my parcel?", text: str = "Order A-1001.", **more: str
    ) -> int:
        number = next(numbers)
        headers = {
            "From": f"Ida Rhodes <ida{number}@home.example>",
            "To": "support@juniper-pine.example",
            "Subject": subject,
            "Message-ID": f"<browser-{number}@home.example>",
            "Content-Type": "text/plain; charset=utf-8",
        } | {name.replace("_", "-").title(): value for name, value in more.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        said = stack.manage("receive_mail", stdin=f"{head}\r\n{text}\r\n".encode())
        return int("".join(filter(str.isdigit, said)))

    return send


@pytest.fixture
def outbox(stack: RunningStack) -> Path:
    """Where replies leave as files."""
    return stack.var / "outbox"
