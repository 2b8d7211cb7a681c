"""The real product, started once, and people with browsers at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from tests.make.browser import QUIET, Known, chromium, seat, troubles_of
from tests.make.client import Client
from tests.make.richmail import rich_mail
from tests.make.shell import Shell
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


@pytest.fixture(scope="session")
def program(stack: RunningStack) -> Client:
    """A program that hands mail in."""
    return Client(stack)


@pytest.fixture(scope="session")
def shell(stack: RunningStack) -> Iterator[Shell]:
    """Somebody with a shell at the desk."""
    with Shell(stack) as opened:
        yield opened


@pytest.fixture(scope="session")
def known() -> Known:
    """Who has signed in already."""
    return {}


@pytest.fixture
def sit(browser: Browser, stack: RunningStack, known: Known) -> Iterator[Sit]:
    """Somebody sits down at the desk: ``sit("ben")`` is their page. Nothing may go wrong on it."""
    with ExitStack() as seats:
        heard = []

        def sit_down(name: str = "katrin", **options: object) -> Page:
            context = seats.enter_context(seat(browser, stack.url, name, known=known, **options))
            page = context.pages[0]
            heard.append(troubles_of(page))
            return page

        yield sit_down
        assert [trouble for troubles in heard for trouble in troubles] == []


@pytest.fixture
def post(program: Client) -> Callable[..., int]:
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
        return number_of(program.mail(f"{head}\r\n{text}\r\n".encode()))

    return send


@pytest.fixture
def rich(program: Client) -> int:
    """The ticket of a mail with layout and pictures."""
    return number_of(program.mail(rich_mail(uuid4().hex)))


def number_of(mail: dict[str, Any]) -> int:
    return int(mail["ticket_number"])


@pytest.fixture
def outbox(stack: RunningStack) -> Path:
    """Where replies leave as files."""
    return stack.var / "outbox"
