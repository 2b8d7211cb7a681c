"""A reply that really left comes back as mail servers send it back, and is known again."""

from pathlib import Path

import pytest
from django.utils import timezone

from apps.channels.services.receiving import store_mail
from apps.coordination.models import Event
from apps.tickets.models import Message, Ticket
from apps.tickets.services.conversing import write_reply
from tests.make.engine import drain
from tests.make.mails import inbox, mail
from tests.make.reports import bounce, out_of_office
from tests.make.tickets import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(settings, tmp_path) -> bytes:
    """What left when an agent answered Ada, byte by byte."""
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    inbox(signature="Help desk")
    comes(mail("Where is it?\r\nÄ", message_id="<a@x>"))
    words = {"text": "It is on its way. " * 40, "by": person(signature="Bo"), "key": "k"}
    asked = Ticket.objects.get()
    quoted = asked.messages.get().pk
    write_reply(ticket_id=asked.pk, at=timezone.now(), quotes=quoted, **words)
    drain()
    (path,) = Path(tmp_path).glob("*.eml")
    return path.read_bytes()


def comes(raw: bytes) -> None:
    store_mail(raw=raw, source="lmtp", at=timezone.now())
    drain()


def state() -> tuple[str, str, str]:
    reply = Message.objects.select_related("ticket").get(kind="outgoing")
    return reply.ticket.status, reply.delivery, reply.delivery_error


def test_a_letter_that_comes_back_whole_is_known_again(letter):
    comes(bounce(letter, "ada@example.org"))

    assert state() == ("open", "bounced", "It did not reach ada@example.org: 550 no such user")


def test_a_letter_that_an_old_server_quotes_is_known_again(letter):
    said = (
        b"Hi. I could not deliver it.\r\n\r\n<ada@example.org>:\r\nNo such box. (#5.1.1)\r\n\r\n"
    )
    below = b"--- Below this line is a copy of the message.\r\n\r\n"
    head = mail("", **{"from": "MAILER-DAEMON@mx.example", "subject": "failure notice"})

    comes(head + said + below + letter)

    said = "It did not reach ada@example.org: No such box. (#5.1.1)"
    assert state() == ("open", "bounced", said)


def test_an_out_of_office_to_a_letter_is_told_on_its_ticket(letter):
    identifier = Message.objects.get(kind="outgoing").message_id_header
    assert identifier.encode() in letter

    comes(out_of_office(identifier, references=f"<a@x> {identifier}"))

    assert state() == ("pending", "sent", "")
    assert Event.objects.get(type="AutoReplyReceived").why == "ada@example.org"
