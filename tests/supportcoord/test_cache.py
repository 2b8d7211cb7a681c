"""The cache while its server is there, refuses, or says nothing."""

import socket
import time

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from supportcoord.cache import ForgivingCache
from tests.make.accounts import person

REFUSES = "redis://127.0.0.1:1/0"


def away(place=REFUSES):
    return ForgivingCache(place, settings.CACHES["default"])


@pytest.fixture
def silent():
    """The address of somebody who takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_the_product_uses_it_and_it_keeps_what_it_is_given():
    cache.set("a", 1)

    assert isinstance(cache._connections[cache._alias], ForgivingCache)
    assert (cache.get("a"), cache.incr("a"), cache.add("a", 9)) == (1, 2, False)
    assert (cache.get_many(["a", "b"]), cache.has_key("a")) == ({"a": 2}, True)
    assert (cache.delete("a"), cache.get("a", "none")) == (True, "none")


def test_without_its_server_everything_is_a_miss_and_every_lock_is_given():
    cache = away()

    assert (cache.get("a"), cache.get("a", 5), cache.add("a", 1)) == (None, 5, True)
    assert (cache.set("a", 1), cache.delete("a"), cache.touch("a")) == (None, False, False)
    assert (cache.get_many(["a"]), cache.has_key("a"), cache.clear()) == ({}, False, None)
    assert (cache.set_many({"a": 1}), cache.delete_many(["a"])) == ([], None)
    with pytest.raises(ValueError, match="away"):
        cache.incr("a")


def test_a_server_that_says_nothing_is_waited_for_once(silent):
    cache, start = away(silent), time.monotonic()

    answers = [cache.get("a") for _ in range(10)]

    assert answers == [None] * 10
    assert time.monotonic() - start < 4


def test_the_server_is_asked_again_after_a_while():
    cache = away()
    cache.get("a")
    cache._cache._pools.clear()
    cache._cache._servers[:] = [settings.REDIS_URL]

    assert cache.add("b", 1) is True
    assert cache.get("b") is None
    cache.alone_until = 0.0
    cache.set("b", 2)
    assert cache.get("b") == 2


@pytest.mark.django_db
def test_people_sign_in_while_valkey_is_away(client, settings):
    person("ada", password="correct horse battery")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": REFUSES}}

    wrong = client.post(reverse("account_login"), {"login": "ada", "password": "no"})
    answer = client.post(
        reverse("account_login"), {"login": "ada", "password": "correct horse battery"}
    )

    assert wrong.status_code == 200
    assert (answer.status_code, answer.url) == (302, "/")
