"""Each guarantee starts with a courier that remembers nothing."""

import pytest

from tests.make.stories import courier


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()
    return courier
