"""Originals and attachments: everything is there, and nothing of it may act."""

import pytest
from django.urls import reverse

from apps.tickets.models import Attachment, Message
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.mails import arrived, inbox, mail, mixed
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
    place = [message.ticket_id, message.pk]

    page = desk.get(reverse("desk:original", args=place)).content.decode()
    cage = desk.get(reverse("desk:original_body", args=place))

    assert f'<iframe class="original-frame" src="{reverse("desk:layout", args=place)}"' in page
    assert "spy.example" not in page
    assert "spy.example" not in cage.content.decode()


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


PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0"


def sent(*files: tuple[str, bytes]) -> Message:
    """A mail with files, decided."""
    inbox()
    parts = [
        b'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="'
        + name.encode()
        + b'"\r\n\r\n'
        + data
        for name, data in files
    ]
    outcome = arrived(mixed(b"Content-Type: text/plain\r\n\r\nHello", *parts))
    return Message.objects.get(ticket=outcome.ticket_id)


def test_a_program_is_kept_and_never_handed_out(desk):
    message = sent(("bill.pdf", PROGRAM), ("run.js", b"alert(1)"), ("ok.txt", b"fine"))

    program, script, text = message.attachments.order_by("pk")
    answers = [
        desk.get(reverse("desk:attachment", args=[message.ticket_id, file.pk]))
        for file in (program, script, text)
    ]

    assert [file.verdict for file in (program, script, text)] == ["blocked", "blocked", ""]
    assert program.found_type == "application/vnd.microsoft.portable-executable"
    assert program.file.open("rb").read() == PROGRAM
    assert [answer.status_code for answer in answers] == [403, 403, 200]
    assert "Files that end with .js are not handed out." in answers[1].content.decode()


def test_the_original_of_a_mail_with_a_program_is_not_handed_out_either(desk):
    message = sent(("run.js", b"alert(1)"))

    place = reverse("desk:original_mail", args=[message.ticket_id, message.pk])
    answer = desk.get(place)

    assert answer.status_code == 403
    assert "The mail has a file in it." in answer.content.decode()
    assert b"alert(1)" not in answer.content


def test_which_types_are_blocked_is_a_setting(desk, settings):
    settings.BLOCKED_FILE_TYPES = frozenset({"txt"})

    message = sent(("run.js", b"alert(1)"), ("a.txt", b"a"))

    assert [file.verdict for file in message.attachments.order_by("pk")] == ["", "blocked"]


def test_a_name_says_what_it_shows(desk):
    evil = NewAttachment(name="bill\u202efdp.txt\r\nX: y", content_type="a/b", data=b"a")
    file = written(attachments=(evil,)).attachments.get()
    Attachment.objects.filter(pk=file.pk).update(name="bill\u202efdp.txt")

    answer = desk.get(reverse("desk:attachment", args=[file.message.ticket_id, file.pk]))

    assert file.name == "billfdp.txt X_ y"
    assert answer["Content-Disposition"] == 'attachment; filename="billfdp.txt"'


def test_the_same_bytes_are_stored_once_whatever_they_are_called():
    files = [NewAttachment(name=name, content_type="a/b", data=b"same") for name in ("a", "b")]

    message = written(attachments=tuple(files))
    paths = {file.file.name for file in (*message.attachments.all(), *again())}

    (path,) = paths
    assert path.startswith("attachments/")
    assert path.endswith(message.attachments.all()[0].sha256)


def test_files_lie_as_well_where_there_is_no_file_system(desk, settings):
    elsewhere = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"default": elsewhere}
    files = [NewAttachment(name=name, content_type="a/b", data=b"same") for name in ("a", "b")]

    first, second = written(attachments=tuple(files)).attachments.all()
    answer = desk.get(reverse("desk:attachment", args=[first.message.ticket_id, second.pk]))

    assert b"".join(answer.streaming_content) == b"same"
    folder = first.file.name.rpartition("/")[0]
    assert first.file.storage.listdir(folder) == ([], [first.sha256])


def again():
    same = NewAttachment(name="c", content_type="a/b", data=b"same")
    return written(attachments=(same,)).attachments.all()
