"""Providers that do not hand a mail over whole: it is put together of its parts, once."""

import httpx2
import pytest

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from tests.make import providers
from tests.make.mails import inbox
from tests.make.providers import basic

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


def test_a_provider_without_raw_mails_hands_over_parts(post):
    inbox()

    assert post("mailjet", json=providers.mailjet(), headers=basic()) == 200

    assert decide_mail(mail_id=ReceivedMail.objects.get().pk).outcome == "ticket"


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


def test_a_mail_in_parts_that_is_handed_over_again_is_taken_once(post):
    inbox()
    body = providers.mailjet()
    del body["Headers"]["Message-ID"]
    html = {"Headers": {"Content-Type": "text/html"}, "ContentRef": "Html-part"}
    body |= {"Parts": [*body["Parts"], html], "Html-part": "<p>Where is my parcel?</p>"}

    for subject in ("First", "First", "Second"):
        body["Headers"]["Subject"] = subject
        assert post("mailjet", json=body, headers=basic()) == 200

    assert ReceivedMail.objects.count() == 2
