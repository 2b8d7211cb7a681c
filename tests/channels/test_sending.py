"""What leaves: threaded, signed, sent at most once, and its fate known."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from apps.channels.adapters.outbox import OutboxBackend
from apps.channels.services.composing import NotAReply, compose_reply
from apps.channels.services.sending import Unwritable, send_notice, send_reply
from apps.channels.types import SendOutcome
from apps.core.errors import NotFound
from apps.tickets.models import Ticket
from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import write_note, write_reply
from apps.tickets.services.delivering import change_delivery
from apps.tickets.types import NewAttachment
from tests.make.letters import reply_to
from tests.make.mails import arrived, inbox, mail
from tests.make.replies import INTENT, reply
from tests.make.tickets import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def outbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "outbox"
    return settings.EMAIL_FILE_PATH


def only_letter(folder):
    (path,) = folder.glob("*.eml")
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def plain(letter):
    return letter.get_body(("plain",)).get_content()


def test_a_reply_threads_in_a_mail_program(outbox):
    inbox("help@desk.example", from_name="Ada's Shop")
    written = reply(mail(message_id="<b@x>", references="<a@x>", subject="Re: My parcel"))

    assert send_reply(INTENT, message_id=written.pk) == SendOutcome(sent=True)

    letter, number = only_letter(outbox), written.ticket_id
    assert letter["In-Reply-To"] == "<b@x>"
    assert letter["References"] == "<b@x>"
    assert letter["Subject"] == f"Re: My parcel [#{number}]"
    assert letter["From"] == "Ada's Shop <help@desk.example>"
    assert letter["To"] == "ada@example.org"
    assert letter["Message-ID"].startswith(f"<{number}.{written.pk}.")
    assert letter["Message-ID"].endswith("@desk.example>")
    assert letter["Auto-Submitted"] is None
    assert plain(letter) == "It is on its way.\n"


def test_the_answer_to_a_reply_finds_its_ticket_in_each_way(outbox):
    written = reply()
    send_reply(INTENT, message_id=written.pk)
    letter = only_letter(outbox)

    by_header = arrived(mail(in_reply_to=letter["Message-ID"]))
    by_address = arrived(mail(to=letter["Reply-To"]))
    by_delivery = arrived(mail(delivered_to=letter["Reply-To"].addresses[0].addr_spec.upper()))

    lines = {by_header.line, by_address.line, by_delivery.line}
    assert lines == {f"reply on ticket {written.ticket_id}"}


def test_a_forged_reply_address_opens_nothing_but_a_new_ticket(outbox):
    written = reply()
    forged = f"reply+{written.ticket_id}.aaaaaaaaaaaaaaaa@desk.example"

    outcome = arrived(mail(to=forged, in_reply_to=f"<{written.ticket_id}.1.{'a' * 16}@x>"))

    assert outcome.outcome == "ticket"


def test_our_own_letter_that_comes_back_is_a_loop(outbox):
    send_reply(INTENT, message_id=reply().pk)
    (path,) = outbox.glob("*.eml")

    assert arrived(path.read_bytes()).reason == "loop: our own mail came back"


def test_a_second_try_has_the_same_identifier_and_is_one_file(outbox):
    written = reply()

    send_reply(INTENT, message_id=written.pk)
    send_reply(INTENT, message_id=written.pk)

    assert len(list(outbox.iterdir())) == 1


def test_what_was_sent_is_not_sent_again(outbox):
    written = reply()
    for delivery in ("sending", "sent"):
        change_delivery(message_id=written.pk, delivery=delivery, at=timezone.now())

    assert send_reply(INTENT, message_id=written.pk) == SendOutcome(sent=True)

    assert not outbox.exists()


def test_the_identifier_that_was_written_down_is_used(outbox):
    written = reply()
    change_delivery(
        message_id=written.pk, delivery="sending", message_id_header="<kept@x>", at=timezone.now()
    )

    send_reply(INTENT, message_id=written.pk)

    assert only_letter(outbox)["Message-ID"] == "<kept@x>"


def test_a_subject_cannot_smuggle_headers(outbox):
    written = reply()
    Ticket.objects.filter(pk=written.ticket_id).update(subject="x\r\nBcc: eve@x.example\r\n\r\ny")

    send_reply(INTENT, message_id=written.pk)

    letter = only_letter(outbox)
    assert letter["Subject"] == f"Re: x Bcc: eve@x.example y [#{written.ticket_id}]"
    assert letter["Bcc"] is None


def test_files_and_signature_go_along(outbox):
    ada = person(signature="Ada\nReturns")
    bill = NewAttachment(name="bill.pdf", content_type="application/pdf", data=b"%PDF")
    odd = NewAttachment(name="notes", content_type="what", data=b"\0\1")

    send_reply(INTENT, message_id=reply(by=ada, attachments=(bill, odd)).pk)

    letter = only_letter(outbox)
    files = list(letter.iter_attachments())
    assert plain(letter) == "It is on its way.\n\n-- \nAda\nReturns\n"
    assert [(file.get_filename(), file.get_content()) for file in files] == [
        ("bill.pdf", b"%PDF"),
        ("notes", b"\0\1"),
    ]


def test_a_long_conversation_keeps_its_first_and_newest_references():
    outcome = arrived(mail(message_id="<0@x>"))
    for number in range(1, 30):
        to = reply_to(outcome.ticket_id)
        arrived(mail(message_id=f"<{number}@x>", to=to, **sender(number)))
    written = write_reply(
        ticket_id=outcome.ticket_id, text="Yes.", by=person(), key="k", at=timezone.now()
    )

    headers = compose_reply(written).extra_headers

    assert headers["In-Reply-To"] == "<29@x>"
    assert headers["References"].split() == ["<0@x>", *(f"<{n}@x>" for n in range(11, 30))]


def sender(number: int) -> dict[str, str]:
    return {"from": f"ada{number}@example.org"}


def test_what_is_no_reply_is_never_sent(outbox):
    outcome = arrived()
    note = write_note(
        ticket_id=outcome.ticket_id, text="Careful!", by=person(), key="n", at=timezone.now()
    )

    for message_id in (note.pk, outcome.message_id):
        with pytest.raises(NotAReply):
            send_reply(INTENT, message_id=message_id)
    with pytest.raises(NotFound):
        send_reply(INTENT, message_id=0)
    assert not outbox.exists()


def test_a_mail_that_cannot_be_written_is_refused_before_anything_is_sent(outbox):
    bill = NewAttachment(name="bill.pdf", content_type="application/pdf", data=b"%PDF")
    written = reply(attachments=(bill,))
    attachment = written.attachments.get()
    attachment.file.storage.delete(attachment.file.name)

    with pytest.raises(Unwritable):
        send_reply(INTENT, message_id=written.pk)

    assert not outbox.exists()


def test_a_notice_of_the_desk_says_that_a_machine_wrote_it(outbox):
    inbox("help@desk.example")

    send_notice(INTENT, to="lead@desk.example", subject="Late:\n#7", text="It is late.")

    letter = only_letter(outbox)
    assert (letter["To"], letter["Subject"]) == ("lead@desk.example", "Late: #7")
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_draft_never_looks_like_a_mail(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", full_disk)
    letter = EmailMessage("s", "t", "a@x.example", ["b@x.example"])

    with pytest.raises(OSError, match="full"):
        OutboxBackend(tmp_path).send_messages([letter])

    assert not list(tmp_path.glob("*.eml"))


def full_disk(descriptor):
    raise OSError("the disk is full")


def test_the_name_of_a_file_is_its_time_and_identifier(tmp_path):
    headers = {"Date": "Mon, 02 Nov 2026 09:15:00 +0000", "Message-ID": "<1.2.abc/../x@desk>"}
    letter = EmailMessage("s", "t", "a@x.example", ["b@x.example"], headers=headers)

    OutboxBackend(tmp_path).send_messages([letter])

    assert [path.name for path in tmp_path.iterdir()] == ["20261102T091500-1.2.abc..x.eml"]


def test_a_reply_to_a_solved_ticket_still_has_its_date():
    written = reply(at=datetime(2026, 11, 2, 9, 15, tzinfo=UTC))
    change_status(ticket_id=written.ticket_id, status="solved", at=timezone.now())

    assert compose_reply(written).extra_headers["Date"] == "Mon, 02 Nov 2026 09:15:00 +0000"
