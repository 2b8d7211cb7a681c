"""What is read of a request of a provider, and whom it names: its password comes first."""

from io import BytesIO

import pytest

from apps.channels.models import ReceivedMail
from tests.make import providers
from tests.make.mails import inbox, mail
from tests.make.providers import LOGIN, basic

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.channels.webhook_urls"),
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]


class Counted(BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


def posted_by_hand(client, address: str, login: str) -> tuple[int, int]:
    """The status, and how many bytes of a large body were read for it."""
    body = Counted(b"x" * 1_000_000)
    said = {"wsgi.input": body, "CONTENT_LENGTH": "1000000"} | (
        {"HTTP_AUTHORIZATION": basic(login)["Authorization"]} if login else {}
    )
    answer = client.post(f"/api/v1/{address}/", content_type="application/json", **said)
    return answer.status_code, body.taken


@pytest.mark.parametrize("address", ["inbound/postmark", "inbound/ses", "tracking/sendgrid"])
def test_of_who_does_not_know_the_password_nothing_is_read(client, address):
    assert posted_by_hand(client, address, "desk:a-wrong-password") == (403, 0)
    assert posted_by_hand(client, address, "") == (401, 0)
    assert posted_by_hand(client, address, LOGIN) == (400, 1_000_000)


@pytest.mark.parametrize(
    ("recipient", "shown"),
    [
        ("he\x00lp@desk.example", "help@desk.example"),
        ("he\udc80lp@desk.example", "he?lp@desk.example"),
    ],
)
def test_a_recipient_that_cannot_be_printed_names_no_inbox_and_its_mail_is_kept(
    client, recipient, shown
):
    inbox()
    body = providers.postmark(mail(), OriginalRecipient=recipient)

    answer = client.post("/api/v1/inbound/postmark/", body, "application/json", headers=basic())

    kept = ReceivedMail.objects.get()
    assert answer.status_code == 200
    assert (kept.recipient, kept.inbox) == (shown, None)
