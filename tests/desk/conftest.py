"""Somebody at the desk: a browser that is signed in, without a browser."""

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.make.tickets import person


@pytest.fixture
def ada(db) -> User:
    return person(username="ada", first_name="Ada", last_name="King")


@pytest.fixture
def desk(ada: User) -> Client:
    """Ada's browser."""
    client = Client()
    client.force_login(ada)
    return client


def part(target: str, **more: str) -> dict[str, str]:
    """Headers of a script that asks for one part of the page."""
    return {"HX-Request": "true", "HX-Target": target} | more
