"""`manage.py issue_key`: a key for a program, printed once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import ApiKey, User
from apps.accounts.services.keys import UnknownScope, issue_key
from tests.api.client import Caller
from tests.make.accounts import person

pytestmark = pytest.mark.django_db


def issue(*words):
    out = StringIO()
    call_command("issue_key", *words, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_the_key_opens_what_was_asked_for_and_its_account_cannot_sign_in():
    text = issue("shop-sync", "--scope", "tickets:read", "--days", "30")

    key, account = ApiKey.objects.get(), User.objects.get()
    assert text.startswith(f"sc_{key.prefix}_")
    assert (account.username, account.role) == ("shop-sync", "service")
    assert not account.has_usable_password()
    assert key.expires_at - timezone.now() > timedelta(days=29)
    assert text.split("_", 2)[2] not in key.digest
    assert Caller(text=text).get("tickets/").status_code == 200
    assert Caller(text=text).get("customers/").status_code == 403


def test_a_second_key_acts_as_the_same_account():
    issue("shop-sync", "--scope", "tickets:read")
    issue("nightly", "--user", "shop-sync", "--scope", "orders:write")

    assert User.objects.count() == 1
    assert ApiKey.objects.count() == 2


def test_a_persons_account_is_not_given_to_a_program():
    person("ada")

    with pytest.raises(CommandError, match="ada is a person's account"):
        issue("ada", "--scope", "tickets:read")

    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("days", ["0", "-1", "99999"])
def test_a_time_that_makes_no_sense_is_refused(days):
    with pytest.raises(CommandError):
        issue("shop-sync", "--scope", "tickets:read", f"--days={days}")


def test_an_unknown_scope_is_refused():
    with pytest.raises(UnknownScope, match="no scope world:rule"):
        issue_key(name="x", user=person(), scopes=["world:rule"])
