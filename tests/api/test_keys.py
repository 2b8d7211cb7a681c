"""Keys open what their scopes name, and nothing else."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.services.keys import revoke_key
from apps.accounts.states import Role
from tests.api.client import Caller
from tests.make.accounts import key, person, team

pytestmark = pytest.mark.django_db


def test_a_key_with_the_scope_reads():
    made = team("billing")

    answer = Caller("tickets:read").get("teams/")

    assert answer.status_code == 200
    assert answer.json() == {
        "next": None,
        "previous": None,
        "results": [{"id": made.pk, "slug": "billing", "name": "Billing"}],
    }


def test_without_a_key_the_answer_says_how_to_show_one(stranger):
    answer = stranger.get("teams/")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="supportcoord"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


def test_a_key_without_the_scope_is_told_which_one_it_needs():
    answer = Caller("orders:write").get("teams/")

    assert answer.status_code == 403
    assert answer.json()["detail"] == "This needs the scope tickets:read."


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "sc_",
        "sc_0123456789_" + "x" * 43,
        "sc_%00%00_" + "x" * 43,
        "sc_0123456789_" + "é" * 43,
        "x" * 5000,
    ],
)
def test_what_is_no_key_of_ours_opens_nothing(shown):
    answer = Caller(text="-").get("teams/", Authorization=f"Bearer {shown}")

    assert answer.status_code == 401
    assert answer.json()["code"] == "authentication_failed"


def test_the_right_prefix_with_another_secret_opens_nothing():
    _, text = key()
    other = text[:-1] + ("A" if text[-1] != "A" else "B")

    assert Caller(text=other).get("teams/").status_code == 401


def test_a_revoked_an_expired_and_a_dismissed_key_open_nothing():
    now = timezone.now()
    revoked, gone = key(), key(expires_at=now)
    dismissed = key(user=person(role=Role.SERVICE, is_active=False))
    revoke_key(key_id=revoked[0].pk, at=now)

    answers = [Caller(text=text).get("teams/") for _, text in (revoked, gone, dismissed)]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_the_use_of_a_key_is_noted_once_a_minute(django_assert_num_queries):
    now = timezone.now()
    row, text = key()
    with time_machine.travel(now, tick=False):
        Caller(text=text).get("teams/")
    with time_machine.travel(now + timedelta(seconds=30), tick=False):
        with django_assert_num_queries(2):
            Caller(text=text).get("teams/")
        row.refresh_from_db()
        assert row.last_used_at == now
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        Caller(text=text).get("teams/")
    row.refresh_from_db()
    assert row.last_used_at == now + timedelta(seconds=61)


def test_a_signed_in_agent_reads_what_the_desk_shows(client):
    client.force_login(person())

    assert client.get("/api/v1/teams/").status_code == 200


def test_a_signed_in_service_account_without_the_desk_reads_nothing(client):
    client.force_login(person(role=Role.SERVICE))

    assert client.get("/api/v1/teams/").status_code == 403
