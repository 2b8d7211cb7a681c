"""Originals and attachments: everything is there, and nothing of it may act."""

import pytest
from django.urls import reverse

from apps.tickets.models import Message
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.mails import arrived, inbox, mail
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db
HTML = '<p>Hello</p><img src="https://spy.example/pixel.png">'


def written(**fields) -> Message:
    """A ticket's first message."""
    new = NewMessage(**{"text": "Hello\n> old words"} | fields)
    return Message.objects.get(ticket=ticket(message=new))


def test_an_original_shows_its_headers_and_all_of_its_text(desk):
    message = written(
        visible="Hello", to="help@shop.example", message_id_header="<1@home.example>"
    )

    page = desk.get(
        reverse("desk:original", args=[message.ticket_id, message.pk])
    ).content.decode()

    assert "&lt;1@home.example&gt;" in page
    assert "help@shop.example" in page
    assert "&gt; old words" in page
    assert "<iframe" not in page


def test_html_is_shown_in_a_cage(desk):
    message = written(html=HTML)
    page = desk.get(
        reverse("desk:original", args=[message.ticket_id, message.pk])
    ).content.decode()

    body = desk.get(reverse("desk:original_body", args=[message.ticket_id, message.pk]))

    assert ' sandbox title="' in page
    assert "allow-" not in page
    policy = body["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "img-src data:", "frame-ancestors 'self'"} <= set(
        policy
    )
    assert body["X-Frame-Options"] == "SAMEORIGIN"
    assert body["X-Content-Type-Options"] == "nosniff"


def test_a_message_without_html_has_no_html(desk):
    message = written()

    place = reverse("desk:original_body", args=[message.ticket_id, message.pk])

    assert desk.get(place).status_code == 404


def test_an_attachment_is_a_download_whatever_it_says_it_is(desk):
    data = b"<script>alert(1)</script>"
    evil = NewAttachment(name='../../x".html', content_type="text/html", data=data)
    file = written(attachments=(evil,)).attachments.get()

    answer = desk.get(reverse("desk:attachment", args=[file.message.ticket_id, file.pk]))

    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert (
        "/" not in answer["Content-Disposition"].replace("attachment; ", "").split("filename=")[1]
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_what_belongs_to_another_ticket_is_not_here(desk):
    file = NewAttachment(name="a.txt", content_type="text/plain", data=b"a")
    message, other = written(html=HTML, attachments=(file,)), ticket()
    attachment = message.attachments.get()

    answers = [
        desk.get(reverse("desk:attachment", args=[other.pk, attachment.pk])),
        desk.get(reverse("desk:original", args=[other.pk, message.pk])),
        desk.get(reverse("desk:original_body", args=[other.pk, message.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_file_that_is_gone_is_404(desk):
    file = NewAttachment(name="a.txt", content_type="text/plain", data=b"gone soon")
    attachment = written(attachments=(file,)).attachments.get()
    attachment.file.storage.delete(attachment.file.name)

    answer = desk.get(
        reverse("desk:attachment", args=[attachment.message.ticket_id, attachment.pk])
    )

    assert answer.status_code == 404


def test_a_mail_can_be_had_byte_for_byte_as_it_came(desk):
    inbox()
    raw = mail("It is broken.\r\n\r\n> On Monday we wrote")
    outcome = arrived(raw)
    message = Message.objects.get(ticket=outcome.ticket_id)

    place = reverse("desk:original_mail", args=[message.ticket_id, message.pk])

    page = desk.get(reverse("desk:original", args=[message.ticket_id, message.pk]))
    answer = desk.get(place)

    assert place in page.content.decode()
    assert b"".join(answer.streaming_content) == raw
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_what_did_not_come_by_mail_has_no_mail(desk):
    message = written()

    place = reverse("desk:original_mail", args=[message.ticket_id, message.pk])

    assert desk.get(place).status_code == 404
