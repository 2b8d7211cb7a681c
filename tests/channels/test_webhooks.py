"""Providers post mail over HTTP: each proves itself, and a mail is taken once."""

import httpx2
import pytest
from django.db import OperationalError

from apps.channels.api import webhooks
from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from tests.make import providers
from tests.make.mails import inbox, mail
from tests.make.providers import basic, sns_headers

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.channels.webhook_urls"),
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]


@pytest.fixture
def post(live_server):
    """Post to a provider's address; returns the status."""
    with httpx2.Client(base_url=f"{live_server.url}/api/v1/inbound/", timeout=30) as client:
        yield lambda name, **request: client.post(f"{name}/", **request).status_code


def sent(name: str, raw: bytes) -> dict:
    """A provider's whole request."""
    if name == "postmark":
        return {"json": providers.postmark(raw), "headers": basic()}
    if name == "mailgun":
        return {"data": providers.mailgun(raw)}
    if name == "sendgrid":
        return {"data": providers.sendgrid(raw), "headers": basic()}
    body = providers.ses(raw)
    return {"json": body, "headers": basic() | sns_headers(body)}


NUMBERS = {
    "postmark": "73e6d360-66eb-11e1-8e72-a8904824019b",
    "mailgun": "d0c1" * 12,
    "ses": "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
}


@pytest.mark.parametrize("name", ["postmark", "mailgun", "sendgrid", "ses"])
def test_the_raw_mail_is_stored_once_however_often_it_is_posted(post, name):
    inbox()
    raw = mail("Grüße")

    assert [post(name, **sent(name, raw)) for _ in range(2)] == [200, 200]

    kept = ReceivedMail.objects.get()
    assert (bytes(kept.raw), kept.source, kept.spam) == (raw, "webhook", "")
    assert (kept.recipient, kept.inbox.address) == ("help@desk.example", "help@desk.example")
    assert kept.origin == f"esp:{name}:{NUMBERS.get(name, kept.sha256)}"


@pytest.mark.parametrize("name", ["postmark", "sendgrid", "ses"])
@pytest.mark.parametrize(("login", "status"), [("desk:a-wrong-password", 403), ("", 401)])
def test_without_its_password_a_provider_is_refused(post, name, login, status):
    request = sent(name, mail())
    request["headers"] = {
        key: value for key, value in request["headers"].items() if key != "Authorization"
    } | (basic(login) if login else {})

    assert post(name, **request) == status

    assert not ReceivedMail.objects.exists()


def test_a_wrong_signature_is_refused(post):
    forged = providers.mailgun(mail(), key="another-signing-key")

    assert post("mailgun", data=forged) == 403

    assert not ReceivedMail.objects.exists()


def test_a_mail_that_comes_in_parts_is_put_together(post):
    inbox()
    file = {"Name": "a.txt", "Content": "aGVsbG8=", "ContentType": "text/plain"}

    assert post("postmark", json=providers.postmark(Attachments=[file]), headers=basic()) == 200

    assert decide_mail(mail_id=ReceivedMail.objects.get().pk).outcome == "ticket"
    message = ReceivedMail.objects.get().message
    assert (message.text, message.message_id_header) == (
        "Where is my parcel?",
        "<parts@example.org>",
    )
    assert [file.name for file in message.attachments.all()] == ["a.txt"]


def test_what_the_provider_calls_spam_is_stored_with_its_reason(post):
    body = providers.ses(mail(), spamVerdict={"status": "FAIL"})
    post("ses", json=body, headers=basic() | sns_headers(body))
    post("sendgrid", data=providers.sendgrid(mail(), score="7.5"), headers=basic())

    assert list(ReceivedMail.objects.order_by("pk").values_list("spam", flat=True)) == [
        "ses calls it spam.",
        "sendgrid calls it spam, with a score of 7.5.",
    ]


def test_nothing_is_fetched_from_where_a_request_says(post):
    body = providers.ses(mail(), action={"type": "S3", "bucketName": "x", "objectKey": "y"})

    assert post("ses", json=body, headers=basic() | sns_headers(body)) == 403

    assert not ReceivedMail.objects.exists()


def test_a_subscription_waits_for_a_person(post, caplog):
    body = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail",
        "Token": "2336412f37",
        "SubscribeURL": "http://127.0.0.1:1/?Action=ConfirmSubscription",
    }

    assert post("ses", json=body, headers=basic() | sns_headers(body)) == 200

    assert "topic arn:aws:sns:eu-west-1:123456789012:mail posts here" in caplog.text
    assert not ReceivedMail.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b'{"Headers": 3}', b"\xff"])
def test_what_is_no_mail_is_refused(post, body):
    assert post("postmark", content=body, headers=basic()) == 400

    assert not ReceivedMail.objects.exists()


def test_too_large_a_body_is_refused(post, settings):
    settings.API_BODY_LIMIT = 1000

    assert post("postmark", json=providers.postmark(b"x" * 2000), headers=basic()) == 413

    assert not ReceivedMail.objects.exists()


def test_a_provider_without_a_secret_has_no_address(client):
    assert client.post("/api/v1/inbound/resend/").status_code == 404


def test_while_the_database_is_away_the_provider_is_to_come_again(post, monkeypatch):
    def away(**facts):
        raise OperationalError("the address of the database, and its password")

    monkeypatch.setattr(webhooks, "store_mail", away)

    assert post("postmark", **sent("postmark", mail())) == 503

    assert not ReceivedMail.objects.exists()
