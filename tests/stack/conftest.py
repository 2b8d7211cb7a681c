"""One running product for the tests of this folder, filled with the sample shop."""

import pytest

from tests.make.client import Client
from tests.make.stack import RunningStack, gone


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """What `make run` starts, on ports of its own."""
    running = RunningStack(tmp_path_factory.mktemp("stack") / "var").until_it_runs()
    yield running
    running.stop()
    assert gone(running)


@pytest.fixture(scope="module")
def client(stack):
    """A program with a key for everything."""
    return Client(stack)
