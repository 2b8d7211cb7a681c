"""Every door leads to the same room: one mail, one outcome, whichever way it comes."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.services.contacting import Written, take_form
from apps.channels.services.deciding import decide_mail
from apps.channels.services.delivering import deliver_mail
from tests.make import providers
from tests.make.accounts import key
from tests.make.lmtp import lmtp_door
from tests.make.mails import inbox, mail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.channels.webhook_urls"),
]


def by_command(raw: bytes, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("receive_mail", stdout=io.StringIO())


def by_api(raw: bytes, monkeypatch) -> None:
    headers = {"Authorization": f"Bearer {key('mail:write')[1]}"}
    kind = "message/rfc822"
    Client().generic("POST", "/api/v1/inbound/mail/", raw, content_type=kind, headers=headers)


def by_imap(raw: bytes, monkeypatch) -> None:
    deliver_mail(
        raw=raw, recipient="help@desk.example", source="imap", origin="imap:1", at=timezone.now()
    )


def by_lmtp(raw: bytes, monkeypatch) -> None:
    with lmtp_door() as door, door.client() as client:
        client.sendmail("ada@example.org", ["help@desk.example"], raw)


def by_webhook(raw: bytes, monkeypatch) -> None:
    body = providers.postmark(raw)
    path, kind = "/api/v1/inbound/postmark/", "application/json"
    Client().post(path, body, content_type=kind, headers=providers.basic())


def by_form(raw: bytes, monkeypatch) -> None:
    written = Written(
        key="a" * 32,
        name="Ada Lovelace",
        address="ada@example.org",
        subject="Where is my parcel?",
        text="Where is my parcel?",
    )
    take_form(inbox=Inbox.objects.get(), written=written, at=timezone.now())


DOORS = {
    "command": by_command,
    "api": by_api,
    "imap": by_imap,
    "lmtp": by_lmtp,
    "webhook": by_webhook,
    "form": by_form,
}


@pytest.mark.parametrize("source", DOORS)
def test_a_mail_becomes_the_same_ticket_by_each_door(source, monkeypatch):
    inbox()

    DOORS[source](mail(), monkeypatch)

    kept = ReceivedMail.objects.get()
    assert decide_mail(mail_id=kept.pk).outcome == "ticket"
    kept.refresh_from_db()
    assert (kept.source, kept.sender, kept.inbox.address) == (
        source,
        "ada@example.org",
        "help@desk.example",
    )
    assert (kept.ticket.subject, kept.message.text.strip()) == (
        "Where is my parcel?",
        "Where is my parcel?",
    )
