"""Raw mail over HTTP: stored before it is answered, once a key, refused in plain words."""

import pytest
from django.core.cache import cache
from django.test import Client

from apps.channels.models import ReceivedMail
from apps.channels.types import MOST_BYTES
from apps.tickets.models import Ticket
from tests.make.accounts import key
from tests.make.mails import inbox, mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand_in():
    """Post these bytes as a program that may."""
    cache.clear()
    text = key("mail:write")[1]

    def post(raw: bytes, query: str = "", kind: str = "message/rfc822", **headers: str):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Authorization", f"Bearer {text}")
        return Client().generic(
            "POST", f"/api/v1/inbound/mail/{query}", raw, content_type=kind, headers=sent
        )

    return post


def test_a_mail_is_answered_with_its_outcome(hand_in):
    answer = hand_in(mail())

    asked = Ticket.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "outcome": "ticket",
        "reason": "",
        "ticket_id": asked.pk,
        "ticket_number": asked.pk,
        "message_id": asked.messages.get().pk,
        "duplicate_of": None,
    }
    assert ReceivedMail.objects.get().source == "api"


def test_the_same_mail_again_is_a_duplicate(hand_in):
    raw = mail()
    hand_in(raw)

    answer = hand_in(raw).json()

    assert answer["outcome"] == "duplicate"
    assert answer["duplicate_of"] == ReceivedMail.objects.earliest("pk").pk
    assert answer["ticket_id"] == Ticket.objects.get().pk


def test_with_a_key_the_same_request_has_one_answer(hand_in):
    raw = mail()
    first = hand_in(raw, Idempotency_Key="k1")

    second = hand_in(raw, Idempotency_Key="k1")

    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert ReceivedMail.objects.count() == 1
    assert hand_in(mail("Another"), Idempotency_Key="k1").status_code == 422


def test_the_inbox_may_be_named(hand_in):
    shop = inbox("shop@desk.example")

    assert hand_in(mail(), "?inbox=Shop@desk.example").status_code == 201

    assert ReceivedMail.objects.get().inbox == shop


@pytest.mark.parametrize(
    ("raw", "asked", "status", "code"),
    [
        (b"", {}, 400, "parse_error"),
        (b"x", {"query": "?inbox=nobody@desk.example"}, 400, "invalid"),
        (b"x", {"query": "?inbox=nobody"}, 400, "invalid"),
        (b"x", {"query": "?inbox=a%00@desk.example"}, 400, "invalid"),
        (b"x", {"Authorization": ""}, 401, "not_authenticated"),
        (b"x" * (MOST_BYTES + 1), {}, 413, "mail_too_large"),
        (b"{}", {"kind": "application/json"}, 415, "unsupported_media_type"),
    ],
)
def test_what_is_refused_changes_nothing(hand_in, raw, asked, status, code):
    answer = hand_in(raw, **asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not ReceivedMail.objects.exists()


def test_another_scope_opens_nothing(hand_in):
    other = key("tickets:write")[1]

    assert hand_in(mail(), Authorization=f"Bearer {other}").status_code == 403


def test_mail_that_cannot_be_filed_is_taken_and_said_to_be_quarantined(hand_in):
    answer = hand_in(mail(**{"from": ""}))

    assert answer.status_code == 201
    assert answer.json()["outcome"] == "quarantined"
    assert answer.json()["reason"] == "It names no sender that could be answered."
