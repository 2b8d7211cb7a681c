"""One mail on a page: what it would become, all of it as text, and nothing that comes alive."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from apps.channels.models import ReceivedMail
from apps.channels.services.quarantining import decide_quarantined
from apps.channels.types import Held, Verdict
from tests.make.accounts import person
from tests.make.held import held
from tests.make.mails import arrived, mail, mixed

pytestmark = pytest.mark.django_db

DESK = reverse("admin:channels_quarantine")
DAY = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)


def look_at(row: ReceivedMail) -> str:
    return reverse("admin:channels_receivedmail_look", args=[row.pk])


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_looking_at_a_mail_shows_what_would_be_filed_and_all_of_it_as_text(admin_client):
    first = arrived(mail("Hello?", message_id="<first@x>"))
    note = (
        b'Content-Type: text/plain; name="note.txt"\r\nContent-Disposition: attachment\r\n\r\nhi'
    )
    words = b"Content-Type: text/plain\r\n\r\nStill waiting.\r\n\r\n> Hello?"
    (row,) = held(raw=mixed(words, note, in_reply_to="<first@x>"))

    text = text_of(admin_client.get(look_at(row)))

    assert f"ticket {first.ticket_id}</a>." in text
    for shown in ("Ada Lovelace &lt;ada@example.org&gt;", "Still waiting.", "note.txt", "2 bytes"):
        assert shown in text
    assert "In-Reply-To: &lt;first@x&gt;" in text


def test_what_cannot_be_filed_says_so(admin_client):
    arrived(b"")
    row = ReceivedMail.objects.get()

    text = text_of(admin_client.get(look_at(row)))

    assert "There is nothing in it: no subject, no text, no file. Processed again" in text
    assert "There are none." in text


def test_who_did_what_to_it_stands_below(admin_client):
    arrived(b"")
    row = ReceivedMail.objects.get()
    katrin = person("katrin", role="lead", first_name="Katrin", last_name="Vogel")
    decide_quarantined(
        verdict=Verdict.IGNORE,
        mails=[Held(mail_id=row.pk, attempts=row.attempts)],
        by=katrin,
        why="Empty.",
        at=DAY,
    )

    text = text_of(admin_client.get(look_at(row)))

    assert "Katrin Vogel decided: ignored." in text
    assert "“Empty.”" in text


EVIL = "<script>alert(1)</script>\x1b[2J\u202e\u2066\0"


def test_nothing_of_a_hostile_mail_comes_alive(admin_client):
    raw = mail(
        f"{EVIL}<img src=x onerror=alert(2)>", subject=EVIL, **{"from": f"{EVIL} <a@b.example>"}
    )
    (row,) = held(
        raw=raw, subject="<script>alert(1)</script>\u202e", reason="Unfit: <b>\u202ebold"
    )

    for page in (DESK, look_at(row)):
        text = text_of(admin_client.get(page))
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text
        assert "<b>\u202e" not in text
        assert not {"\x1b", "\u202e", "\u2066", "\0"} & set(text)


def test_a_mail_of_megabytes_is_a_page_of_kilobytes(admin_client):
    (row,) = held(raw=mail("x" * 3_000_000 + "\n" + "On On On wrote:\n" * 200_000))

    text = text_of(admin_client.get(look_at(row)))

    assert len(text) < 400_000
    assert "more are only in the file." in text


def test_a_mail_that_is_not_there_is_not_found(admin_client):
    assert admin_client.get("/admin/channels/receivedmail/0/look/").status_code == 404
