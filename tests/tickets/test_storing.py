"""Files are stored before anything is locked: a slow storage holds nobody else up."""

from collections.abc import Iterator
from hashlib import sha256

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.core.errors import Stale
from apps.ops.stack.preflight import entrance
from apps.tickets.models import Attachment, Message
from apps.tickets.services.composing import answer_ticket
from apps.tickets.services.conversing import receive_message, write_reply
from apps.tickets.types import NewAttachment, NewMessage
from tests.make.mails import arrived, inbox, mixed
from tests.make.tickets import customer, person, ticket
from tests.make.watched import nobody, watched

pytestmark = pytest.mark.django_db(transaction=True)

BILL = NewAttachment(name="bill.pdf", content_type="application/pdf", data=b"%PDF-1.4 bill")
PLACE = f"attachments/{sha256(BILL.data).hexdigest()[:2]}/{sha256(BILL.data).hexdigest()}"


def nothing_is_locked() -> None:
    """Another connection gets every ticket and every mail at once, or this raises."""
    with psycopg.connect(**entrance(connection.settings_dict)) as other:
        for table in ("tickets_ticket", "channels_receivedmail"):
            other.execute(f"SELECT id FROM {table} FOR UPDATE NOWAIT")


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Iterator[None]:
    files = {"BACKEND": "tests.make.watched.WatchedFiles", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    watched.look, watched.names = nothing_is_locked, []
    yield
    watched.look = nobody


def mail_with_bill(**headers: str) -> bytes:
    return mixed(
        b"Content-Type: text/plain\r\n\r\nHere it is.",
        b"Content-Type: application/pdf; name=bill.pdf\r\n\r\n" + BILL.data,
        **headers,
    )


def kept() -> list[tuple[str, bytes]]:
    files = Attachment.objects.order_by("pk")
    return [(file.file.name, file.file.read()) for file in files]


@pytest.mark.parametrize("write", [answer_ticket, write_reply])
def test_the_files_of_a_reply_are_stored_before_its_ticket_is_locked(write):
    asked = ticket(customer=customer("ada@example.org"))
    kind = {"kind": "outgoing"} if write is answer_ticket else {}

    write(
        ticket_id=asked.pk,
        text="Here it is.",
        by=person(),
        key="k1",
        attachments=(BILL,),
        at=timezone.now(),
        **kind,
    )

    assert watched.names == [PLACE]
    assert kept() == [(PLACE, BILL.data)]


def test_what_a_customer_sends_is_stored_before_the_ticket_is_locked():
    asked = ticket(customer=customer("ada@example.org"))

    receive_message(
        ticket_id=asked.pk,
        customer_id=asked.customer_id,
        message=NewMessage(text="Here it is.", attachments=(BILL, BILL)),
        at=timezone.now(),
    )

    assert watched.names == [PLACE]
    assert kept() == [(PLACE, BILL.data)] * 2


def test_what_comes_with_a_mail_is_stored_before_mail_and_ticket_are_locked():
    inbox()
    first = arrived(mail_with_bill(message_id="<a@x>"))
    watched.names.clear()
    raw = mail_with_bill(in_reply_to="<a@x>").replace(BILL.data, b"%PDF-1.4 other")

    outcome = arrived(raw)

    assert (first.outcome, outcome.outcome) == ("ticket", "reply")
    assert len(watched.names) == 1
    assert [data for _, data in kept()] == [BILL.data, b"%PDF-1.4 other"]


def test_nothing_is_stored_of_what_a_machine_wrote():
    inbox()

    outcome = arrived(mail_with_bill(auto_submitted="auto-generated"))

    assert outcome.outcome == "ignored"
    assert watched.names == []


def test_a_reply_that_is_refused_leaves_content_that_the_next_try_finds():
    asked = ticket(customer=customer("ada@example.org"))
    words = {"text": "Here it is.", "by": person(), "key": "k1", "attachments": (BILL,)}
    with pytest.raises(Stale):
        write_reply(ticket_id=asked.pk, version=99, at=timezone.now(), **words)
    assert (Message.objects.filter(key="k1").count(), kept()) == (0, [])

    write_reply(ticket_id=asked.pk, at=timezone.now(), **words)

    assert watched.names == [PLACE]
    assert kept() == [(PLACE, BILL.data)]


def test_a_mail_whose_files_cannot_be_stored_waits_and_is_taken_whole_later():
    inbox()

    def away() -> None:
        raise OSError("The storage is away.")

    watched.look = away
    with pytest.raises(OSError, match="away"):
        arrived(mail_with_bill())
    waiting = ReceivedMail.objects.get()
    assert (waiting.outcome, kept()) == ("received", [])
    watched.look = nothing_is_locked

    outcome = arrived(mail_with_bill())

    assert outcome.outcome == "ticket"
    assert kept() == [(PLACE, BILL.data)]
