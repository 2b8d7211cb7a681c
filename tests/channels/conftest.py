"""Real IMAP servers, each test of one with both of them, and what they hold before it."""

from collections.abc import Iterator

import pytest

from tests.make import imap
from tests.make.imap import ImapServer


@pytest.fixture(scope="module", params=["pymap", "dovecot"])
def running(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    """An IMAP server, which the tests of a file share."""
    with getattr(imap, request.param)() as server:
        yield server


@pytest.fixture
def server(running: ImapServer) -> ImapServer:
    """The same, with an empty folder named Support."""
    running.forget("Support")
    running.make("Support")
    return running
