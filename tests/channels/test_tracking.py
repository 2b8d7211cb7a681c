"""Providers tell what became of mail that we sent: it stands on the message it is about."""

import json

import pytest
from django.db import OperationalError

from apps.channels.adapters.provider import MARK
from apps.channels.api import webhooks
from apps.tickets.models import Message
from tests.channels.test_heeding import sent, timeline
from tests.make.mails import inbox
from tests.make.providers import basic

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.channels.webhook_urls"),
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]
NO = "smtp;550 5.1.1 There is no such person."


@pytest.fixture
def reply() -> Message:
    inbox()
    return sent()


def postmark(identifier: str, kind: str = "HardBounce", record: str = "Bounce") -> dict:
    """What Postmark posts."""
    return {
        "RecordType": record,
        "ID": 42,
        "Type": kind,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {MARK: identifier},
        "Details": NO,
        "Email": "ada@example.org",
        "Recipient": "ada@example.org",
        "BouncedAt": "2026-11-02T16:33:54Z",
        "DeliveredAt": "2026-11-02T16:33:54Z",
    }


def sendgrid(identifier: str) -> list[dict]:
    """What SendGrid posts: a batch."""
    facts = {"email": "ada@example.org", "timestamp": 1793606100, MARK: identifier}
    return [
        facts | {"event": "processed", "sg_event_id": "a"},
        facts | {"event": "bounce", "type": "bounce", "reason": NO, "sg_event_id": "b"},
    ]


def brevo(identifier: str) -> dict:
    """What Brevo posts; our mark comes back as it was sent, in a header of its own."""
    return {
        "event": "hard_bounce",
        "email": "ada@example.org",
        "message-id": "<201798300811.5787683@relay.domain.com>",
        "ts_event": 1793606100,
        "reason": NO,
        "X-Mailin-custom": json.dumps({MARK: identifier}),
    }


def posted(client, name: str, body: object, login: dict | None = None) -> int:
    headers = basic() if login is None else login
    return client.post(
        f"/api/v1/tracking/{name}/", json.dumps(body), "application/json", headers=headers
    ).status_code


@pytest.mark.parametrize("body", [postmark, sendgrid, brevo])
def test_a_reply_that_a_provider_could_not_deliver_has_bounced(client, reply, body):
    said = body(reply.message_id_header)

    assert [posted(client, body.__name__, said) for _ in range(2)] == [200, 200]

    reply.refresh_from_db()
    assert reply.delivery == "bounced"
    assert reply.delivery_error == f"It did not reach ada@example.org: {NO}"
    assert len(timeline("DeliveryReported")) == 1


def test_that_it_arrived_is_told_and_changes_nothing(client, reply):
    said = postmark(reply.message_id_header, record="Delivery")

    assert posted(client, "postmark", said) == 200

    reply.refresh_from_db()
    assert reply.delivery == "sent"
    assert [fact["action"] for fact, _ in timeline("DeliveryReported")] == ["delivered"]


@pytest.mark.parametrize("identifier", ["<1.1.aaaaaaaaaaaaaaaa@desk.example>", "", "x" * 9000])
def test_what_we_did_not_sign_is_about_nothing(client, reply, identifier):
    assert posted(client, "postmark", postmark(identifier)) == 200

    reply.refresh_from_db()
    assert reply.delivery == "sent"


def test_that_somebody_opened_it_is_none_of_ours(client, reply):
    said = postmark(reply.message_id_header, record="Open")

    assert posted(client, "postmark", said) == 200

    assert timeline("DeliveryReported") == []


@pytest.mark.parametrize("name", webhooks.TRACKERS)
def test_who_proves_nothing_tells_nothing(client, reply, name):
    said = postmark(reply.message_id_header)

    assert posted(client, name, said, login={}) == 401
    assert posted(client, name, said, login=basic("desk:another-password")) == 403

    reply.refresh_from_db()
    assert reply.delivery == "sent"


def test_while_the_database_is_away_the_provider_is_to_come_again(client, reply, monkeypatch):
    def away(**facts):
        raise OperationalError("the address of the database, and its password")

    monkeypatch.setattr(webhooks, "take_report", away)

    assert posted(client, "postmark", postmark(reply.message_id_header)) == 503
