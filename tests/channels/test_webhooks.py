"""Providers post mail over HTTP: each proves itself, and a mail is taken once."""

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.db import OperationalError

from apps.channels.adapters import fetching
from apps.channels.adapters.providers import PROVIDERS
from apps.channels.api import webhooks
from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from tests.make import providers
from tests.make.mails import inbox, mail
from tests.make.providers import API_KEY, MAILTRAP, RESEND, basic, sns_headers
from tests.make.servers import closed_port

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
    if name == "mandrill":
        return providers.mandrill(raw, f"{settings.SITE_URL}/api/v1/inbound/mandrill/")
    if name in ("mailersend", "postal"):
        return getattr(providers, name)(raw)
    if name == "sparkpost":
        return {"json": providers.sparkpost(raw), "headers": basic()}
    body = providers.ses(raw)
    return {"json": body, "headers": basic() | sns_headers(body)}


WHOLE = ("postmark", "mailgun", "sendgrid", "ses", "mandrill", "mailersend", "postal", "sparkpost")


NUMBERS = {
    "postmark": "73e6d360-66eb-11e1-8e72-a8904824019b",
    "mailgun": "d0c1" * 12,
    "ses": "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
    "mailersend": "62a1c0d1f8e7",
    "postal": "4711",
}


@pytest.mark.parametrize("name", WHOLE)
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


FORGED = {
    "mailgun": lambda: {"data": providers.mailgun(mail(), key="another-signing-key")},
    "mailersend": lambda: providers.mailersend(mail(), key="another-signing-key"),
    "mandrill": lambda: providers.mandrill(mail(), "http://elsewhere.example/"),
    "postal": lambda: providers.postal(mail(), key=rsa.generate_private_key(65537, 2048)),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_wrong_signature_is_refused(post, name):
    assert post(name, **FORGED[name]()) == 403

    assert not ReceivedMail.objects.exists()


@pytest.mark.parametrize("name", PROVIDERS)
def test_who_proves_nothing_is_refused_whoever_it_claims_to_be(post, name):
    kinds = ({"json": {"items": [], "events": []}}, {"data": {"mandrill_events": "[]"}})

    assert {post(name, **kind) for kind in kinds} <= {401, 403, 400}

    assert not ReceivedMail.objects.exists()


@pytest.fixture
def kept_there(settings):
    """A mail lies where its provider keeps it."""
    raw = mail("Grüße").replace(b"Content-Type", b"X-Kept: there\r\nContent-Type")
    with providers.storehouse(raw) as (address, asked):
        settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
        names = ("BREVO", "MAILTRAP", "RESEND")
        settings.ANYMAIL = {f"{name}_API_URL": address for name in names}
        yield raw, asked


@pytest.mark.parametrize(("name", "body"), [("resend", RESEND), ("mailtrap", MAILTRAP)])
def test_a_mail_that_a_provider_keeps_is_fetched_from_there_with_our_key(
    post, kept_there, name, body
):
    inbox()
    raw, asked = kept_there

    assert post(name, json=body, headers=basic() | {"svix-id": "msg_1"}) == 200

    kept = ReceivedMail.objects.get()
    assert (bytes(kept.raw), kept.source) == (raw, "webhook")
    assert kept.origin == f"esp:{name}:{'msg_1' if name == 'resend' else '7/m-1'}"
    assert [key for _, key in asked] == [f"Bearer {API_KEY}", ""]


def test_files_that_a_provider_keeps_are_fetched_too(post, kept_there):
    inbox()

    assert post("brevo", json=providers.brevo(), headers=basic()) == 200

    kept = ReceivedMail.objects.get()
    decide_mail(mail_id=kept.pk)
    files = ReceivedMail.objects.get().message.attachments.all()
    assert [file.name for file in files] == ["a.txt"]
    assert kept_there[1] == [("/inbound/attachments/file%2F1", API_KEY)]


@pytest.mark.parametrize(
    ("name", "body"), [("resend", RESEND), ("mailtrap", MAILTRAP), ("brevo", providers.brevo())]
)
@pytest.mark.usefixtures("kept_there")
def test_while_a_provider_keeps_it_back_it_is_to_come_again(post, settings, name, body):
    gone = f"http://127.0.0.1:{closed_port()}/"
    settings.ANYMAIL = {f"{name.upper()}_API_URL": gone}

    assert post(name, json=body, headers=basic()) == 503

    assert not ReceivedMail.objects.exists()


@pytest.mark.parametrize("name", ["mailgun", "sendgrid"])
@pytest.mark.parametrize("with_file", [True, False])
def test_a_mail_of_megabytes_in_one_field_is_taken_here_and_nowhere_else(
    post, settings, name, with_file
):
    inbox()
    raw = mail(("x" * 76 + "\r\n") * 60_000)
    file = {"files": {"attachment-1": ("a.txt", b"hello")}} if with_file else {}

    assert post(name, **sent(name, raw), **file) == 200

    assert bytes(ReceivedMail.objects.get().raw) == raw
    assert len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 2_621_440


def test_a_body_that_says_nothing_of_its_length_or_lies_is_refused(post, settings):
    settings.API_BODY_LIMIT = 1000

    assert post("postmark", content=iter([b"x" * 2000]), headers=basic()) in (400, 413)

    assert not ReceivedMail.objects.exists()


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


SUBSCRIPTION = {
    "Type": "SubscriptionConfirmation",
    "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
    "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail",
    "Token": "2336412f37",
    "SubscribeURL": "http://127.0.0.1:1/?Action=ConfirmSubscription",
}


def test_a_subscription_is_confirmed_to_amazon_and_not_where_the_request_says(
    post, monkeypatch, caplog
):
    asked = []
    monkeypatch.setattr(fetching, "fetched", lambda address, _: asked.append(address))
    assert post("ses", json=SUBSCRIPTION, headers=basic() | sns_headers(SUBSCRIPTION)) == 200

    assert asked == [
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
        "&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Amail&Token=2336412f37"
    ]
    assert "2336412f37" not in caplog.text


@pytest.mark.parametrize("topic", ["", "arn:aws:sns:evil.example/:123456789012:mail", "mail"])
def test_what_is_no_topic_is_not_confirmed(post, monkeypatch, topic):
    asked = []
    monkeypatch.setattr(fetching, "fetched", lambda address, _: asked.append(address))
    body = SUBSCRIPTION | {"TopicArn": topic}

    assert post("ses", json=body, headers=basic() | sns_headers(body)) == 403

    assert asked == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"Headers": 3}', b"\xff"])
def test_what_is_no_mail_is_refused(post, body):
    assert post("postmark", content=body, headers=basic()) == 400

    assert not ReceivedMail.objects.exists()


def test_too_large_a_body_is_refused(post, settings):
    settings.API_BODY_LIMIT = 1000

    assert post("postmark", json=providers.postmark(b"x" * 2000), headers=basic()) == 413

    assert not ReceivedMail.objects.exists()


@pytest.mark.parametrize("name", ["postal", "sparkpost"])
def test_a_mail_that_is_no_utf_8_keeps_every_byte(post, name):
    inbox()
    raw = mail() + b"caf\xe9\r\n"

    assert post(name, **sent(name, raw)) == 200

    assert bytes(ReceivedMail.objects.get().raw) == raw


@pytest.mark.urls("supportcoord.urls")
def test_a_provider_without_a_secret_has_no_address(client):
    assert client.post("/api/v1/inbound/resend/").status_code == 404


def test_while_the_database_is_away_the_provider_is_to_come_again(post, monkeypatch):
    def away(**facts):
        raise OperationalError("the address of the database, and its password")

    monkeypatch.setattr(webhooks, "store_mail", away)

    assert post("postmark", **sent("postmark", mail())) == 503

    assert not ReceivedMail.objects.exists()
