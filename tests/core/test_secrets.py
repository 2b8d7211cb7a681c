"""Secrets: sealed at rest, opened by any of our keys, shown to nobody."""

import logging

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from apps.core.secrets import Secret, SecretUnreadable
from apps.orders.models import Shop
from tests.make.orders import shop

OLD, NEW = "an old key of the tests, long", "a new key of the tests, long"
TEXT = "tok-4711-very-secret"


def test_a_secret_shows_itself_to_nobody(caplog):
    secret = Secret.of(TEXT)

    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r %s", secret, secret, {"token": secret})

    assert (str(secret), repr(secret)) == ("•••", "Secret('•••')")
    assert TEXT not in caplog.text
    assert secret.reveal() == TEXT


def test_no_secret_is_no_secret():
    assert not Secret.of("")
    assert (str(Secret.of("")), Secret.of("").reveal()) == ("", "")


def test_keys_are_rotated_by_putting_a_new_one_in_front(settings):
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [OLD]
    secret = Secret.of(TEXT)

    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [NEW, OLD]
    resealed = secret.resealed()
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [NEW]

    assert resealed.reveal() == TEXT
    with pytest.raises(SecretUnreadable, match="SUPPORTCOORD_ENCRYPTION_KEYS"):
        secret.reveal()


@pytest.mark.django_db
def test_a_secret_whose_key_is_gone_survives_being_saved(settings):
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [OLD]
    eu = shop("eu", token=TEXT)
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [NEW]

    eu = Shop.objects.get()
    eu.name = "Europe"
    eu.save()
    settings.SUPPORTCOORD_ENCRYPTION_KEYS = [NEW, OLD]

    assert Shop.objects.get().token.reveal() == TEXT


@pytest.mark.django_db
def test_the_database_holds_the_sealed_text_only():
    eu = shop("eu", token=TEXT)

    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM orders_shop")
        (stored,) = cursor.fetchone()

    assert stored.startswith("sealed:gAAAA")
    assert eu.token.reveal() == Shop.objects.get().token.reveal() == TEXT
    assert TEXT not in repr(vars(eu))


@pytest.mark.django_db
def test_secrets_cannot_be_searched():
    with pytest.raises(FieldError):
        Shop.objects.filter(token=TEXT).exists()


@pytest.mark.django_db
def test_a_secret_may_be_left_out_of_a_query():
    shop("eu", token=TEXT)

    assert Shop.objects.defer("token").get().token.reveal() == TEXT
    assert Shop.objects.values_list("token", flat=True).get().reveal() == TEXT
