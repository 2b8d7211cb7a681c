"""Guarantee: a key opens what its scopes name while it is valid, and its text is kept nowhere."""

import pytest
from django.apps import apps
from django.utils import timezone

from apps.accounts.services.keys import revoke_key
from tests.api.client import Caller
from tests.make.accounts import key

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_row_of_the_database_holds_a_keys_secret():
    _, text = key()
    secret = text.split("_", 2)[2]
    Caller(text=text).post("tickets/", {}, Idempotency_Key="one")

    rows = [row for model in apps.get_models() for row in model._default_manager.values()]

    assert len(rows) > 2
    assert not [row for row in rows if secret in str(row)]


def test_a_key_is_closed_from_the_moment_it_is_revoked():
    row, text = key()
    caller = Caller(text=text)
    before = caller.get("tickets/")

    revoke_key(key_id=row.pk, at=timezone.now())

    assert [before.status_code, caller.get("tickets/").status_code] == [200, 401]


def test_every_scope_opens_only_its_own():
    opened = {
        scope: [path for path in ("tickets/", "customers/", "runs/") if opens(scope, path)]
        for scope in ("tickets:read", "customers:read", "runs:read", "tickets:write")
    }

    assert opened == {
        "tickets:read": ["tickets/"],
        "customers:read": ["customers/"],
        "runs:read": ["runs/"],
        "tickets:write": [],
    }


def opens(scope, path):
    return Caller(scope).get(path).status_code == 200
