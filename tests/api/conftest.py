"""What the tests of the REST interface share."""

import pytest
from django.core.cache import cache

from tests.api.client import Caller


@pytest.fixture(autouse=True)
def _fresh_counts():
    """Nobody has used up anything yet."""
    cache.clear()


@pytest.fixture
def caller(db) -> Caller:
    """A program that may do everything."""
    return Caller()


@pytest.fixture
def stranger(db) -> Caller:
    """Somebody without a key."""
    return Caller(text="")
