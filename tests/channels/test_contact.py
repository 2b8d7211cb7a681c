"""The web form of an inbox: what is written there goes the way of every mail."""

import re
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.channels.types import MEGABYTE
from apps.channels.views.forms import MOST_OF_ADDRESS, new_stamp, why_braked
from apps.coordination.models import Event
from tests.make.mails import inbox

pytestmark = pytest.mark.django_db

PATH = "/contact/help/"


@pytest.fixture(autouse=True)
def shop():
    """An inbox with a form, and nobody counted yet."""
    cache.clear()
    return inbox(form_slug="help")


def typed(minutes: float = 1, **fields) -> dict:
    """What a visitor sends, some minutes after the form was opened."""
    opened = timezone.now() - timedelta(minutes=minutes)
    return {
        "stamp": new_stamp("help", opened.timestamp()),
        "name": "Ada Lovelace",
        "address": "ada@example.org",
        "subject": "Where is my parcel?",
        "text": "It left on Monday.\nNothing came.",
        "website": "",
    } | fields


def test_what_is_written_becomes_a_ticket(client):
    file = SimpleUploadedFile("note.txt", b"hello", content_type="text/plain")

    answer = client.post(PATH, typed(files=[file]))

    kept = ReceivedMail.objects.get()
    assert decide_mail(mail_id=kept.pk).outcome == "ticket"
    kept.refresh_from_db()
    assert re.fullmatch(r"/contact/help/thanks/[0-9A-F]{8}/", answer.url)
    assert (kept.source, kept.sender, kept.spam) == ("form", "ada@example.org", "")
    assert "who wrote it is not proven" in kept.problems
    assert (kept.message.text, kept.ticket.subject) == (
        "It left on Monday.\nNothing came.",
        "Where is my parcel?",
    )
    assert [file.name for file in kept.message.attachments.all()] == ["note.txt"]


def test_the_same_form_sent_twice_is_one_message(client):
    sent = typed()

    answers = [client.post(PATH, sent) for _ in range(2)]

    assert answers[0].url == answers[1].url
    assert ReceivedMail.objects.count() == 1


def test_other_words_or_files_sent_from_the_same_page_are_another_message(client):
    sent = typed()
    note = SimpleUploadedFile("note.txt", b"hello")

    for changed in ({}, {"text": "And my refund?"}, {"files": [note]}):
        client.post(PATH, sent | changed)

    outcomes = [decide_mail(mail_id=row.pk).outcome for row in ReceivedMail.objects.order_by("pk")]
    assert outcomes == ["ticket", "ticket", "ticket"]


def test_a_number_typed_into_the_form_leads_to_no_ticket(client):
    client.post(PATH, typed())
    first = decide_mail(mail_id=ReceivedMail.objects.get().pk)

    client.post(PATH, typed(subject=f"[#{first.ticket_number}]", text="Send it elsewhere."))
    second = decide_mail(mail_id=ReceivedMail.objects.latest("pk").pk)

    assert (second.outcome, second.ticket_id != first.ticket_id) == ("ticket", True)
    received = Event.objects.filter(type="MessageReceived")
    assert set(received.values_list("why", flat=True)) == {
        "Anybody can type any address into a form: who wrote it is not proven."
    }


def test_nothing_typed_becomes_a_line_of_the_mails_head(client):
    client.post(
        PATH, typed(subject="Hi\r\nBcc: all@example.org", name="Ada\r\nX-Spam: no <eve@x.example>")
    )

    head = bytes(ReceivedMail.objects.get().raw).partition(b"\r\n\r\n")[0].decode()
    names = [line.partition(":")[0] for line in head.split("\r\n") if line[:1].strip()]
    assert set(names) == {
        "From", "To", "Subject", "Date", "Message-ID",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"address": "nobody"}, "Enter a valid email address."),
        ({"text": "   "}, "Write what it is about."),
        ({"minutes": 0}, "That was very quick."),
        ({"minutes": 60 * 25}, "This form was open for too long."),
        ({"stamp": "forged"}, "This form is not from here."),
        (
            {"files": [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(6)]},
            "Send at most 5 files.",
        ),
        (
            {"files": [SimpleUploadedFile("big.bin", b"x" * (10 * MEGABYTE + 1))]},
            "larger than 10 MB",
        ),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(client, fields, sentence):
    answer = client.post(PATH, typed(**{"subject": "<b>Parcel</b>"} | fields))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="&lt;b&gt;Parcel&lt;/b&gt;"' in page
    assert not ReceivedMail.objects.exists()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"website": "http://x.example"}, "A field of the form that nobody sees is filled in."),
        ({"text": "http://x.example " * 6}, "There are 6 links in it."),
    ],
)
def test_what_looks_like_spam_is_stored_with_its_reason(client, fields, why):
    assert client.post(PATH, typed(**fields)).status_code == 302

    assert ReceivedMail.objects.get().spam == why


def test_one_address_is_braked_and_another_is_not(client):
    answers = [client.post(PATH, typed()).status_code for _ in range(6)]

    assert answers == [302] * 5 + [429]
    assert client.post(PATH, typed(address="eve@example.org")).status_code == 302


def test_as_many_are_let_in_at_once_as_one_after_another(rf):
    let_in, ready = [], threading.Barrier(20)

    def visit(number):
        request = rf.post(PATH, REMOTE_ADDR=f"10.{number}.0.1")
        ready.wait()
        let_in.append(why_braked(request, "ada@example.org") == "")

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(20)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()

    assert sum(let_in) == MOST_OF_ADDRESS


def test_only_an_active_inbox_with_a_form_has_a_page(client, shop):
    assert client.get("/contact/other/").status_code == 404
    shop.is_active = False
    shop.save()

    assert client.get(PATH).status_code == 404
    assert client.post(PATH, typed()).status_code == 404


def test_a_form_from_elsewhere_is_refused():
    answer = Client(enforce_csrf_checks=True).post(PATH, typed())

    assert answer.status_code == 403
    assert not ReceivedMail.objects.exists()


def test_the_page_and_its_thanks_are_for_everybody(client):
    page = client.get(PATH).content.decode()
    thanks = client.get("/contact/help/thanks/1A2B3C4D/").content.decode()

    assert 'name="stamp"' in page
    assert "1A2B3C4D" in thanks
