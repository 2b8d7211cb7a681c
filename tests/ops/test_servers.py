"""The servers of a test run are the real ones."""

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_postgresql_18_with_durable_settings():
    names = ("server_version_num", "fsync", "synchronous_commit", "full_page_writes")

    with connection.cursor() as cursor:
        cursor.execute("select name, setting from pg_settings where name = any(%s)", [list(names)])
        found = dict(cursor.fetchall())

    assert found.pop("server_version_num").startswith("18")
    assert found == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@pytest.mark.django_db
def test_the_database_sorts_by_unicode_and_can_search_by_trigram():
    with connection.cursor() as cursor:
        cursor.execute("create extension if not exists pg_trgm")
        cursor.execute(
            "select datlocprovider, datlocale, similarity('parcel', 'parcels') > 0.5 "
            "from pg_database where datname = current_database()"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8", True)


def test_the_broker_is_valkey_and_asks_for_its_password():
    client = cache._cache.get_client()

    assert client.info("server")["valkey_version"].startswith("9")
    assert client.config_get("requirepass")["requirepass"]
