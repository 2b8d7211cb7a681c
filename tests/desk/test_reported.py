"""What machines said of a reply stands in the conversation, in plain words and as plain text."""

import pytest
from django.utils import timezone

from apps.coordination.models import Event
from apps.tickets.models import Message
from apps.tickets.services.acknowledging import acknowledge_ticket
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.reporting import take_auto_reply, take_complaint, take_report
from apps.tickets.types import Reported
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db


def sent(**fields):
    asked = ticket(customer=customer("ada@example.org"))
    words = {"text": "Soon.", "by": person(), "key": "k1"} | fields
    written = write_reply(ticket_id=asked.pk, at=timezone.now(), **words)
    for state in ("sending", "sent"):
        change_delivery(message_id=written.pk, delivery=state, at=timezone.now())
    return written


def page_after(desk, message, *said: Reported) -> str:
    take_report(message_id=message.pk, said=said, at=timezone.now())
    return desk.get(f"/tickets/{message.ticket_id}/").content.decode()


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("failed", "could not deliver the reply"),
        ("delayed", "has not delivered the reply yet, and keeps trying"),
        ("delivered", "delivered the reply"),
        ("relayed", "passed the reply on, and hears no more of it"),
    ],
)
def test_a_report_is_told_in_plain_words(desk, action, what):
    page = page_after(desk, sent(), Reported(address="ada@example.org", action=action))

    assert f"<b>A mail server</b> {what} \N{EN DASH} ada@example.org" in page


def test_a_copy_that_came_back_is_told_as_a_copy(desk):
    said = Reported(address="bob@b.example", action="failed", diagnostic="550 gone")

    page = page_after(desk, sent(cc=["bob@b.example"]), said)

    assert "<b>A mail server</b> could not deliver a copy of the reply" in page


def test_the_words_of_a_mail_server_are_only_text(desk):
    hostile = Reported(address="ada@example.org", action="failed", diagnostic="<img src=x>")

    page = page_after(desk, sent(), hostile)

    assert "ada@example.org: &lt;img src=x&gt;" in page
    assert "<img src=x>" not in page


def test_an_automatic_answer_is_told_in_plain_words(desk):
    reply = sent()

    take_auto_reply(message_id=reply.pk, mail_id=7, sender="ada@example.org")

    page = desk.get(f"/tickets/{reply.ticket_id}/").content.decode()
    words = "<b>A machine</b> answered by itself, out of office perhaps; nothing was changed"
    assert f"{words} \N{EN DASH} ada@example.org" in page


def test_a_complaint_is_told_in_plain_words(desk):
    reply = sent(cc=["bob@b.example"])

    for who in ("ada@example.org", "bob@b.example"):
        take_complaint(message_id=reply.pk, address=who)

    page = desk.get(f"/tickets/{reply.ticket_id}/").content.decode()
    words = "<b>The recipient&#x27;s provider</b> reports that they marked"
    assert f"{words} this reply as spam \N{EN DASH} ada@example.org" in page
    assert f"{words} a copy of this reply as spam \N{EN DASH} bob@b.example" in page


def test_an_acknowledgement_is_shown_as_nobodys(desk):
    asked = ticket(customer=customer("ada@example.org"))
    words = {"text": "We have it.", "to": "ada@example.org"}
    acknowledge_ticket(ticket_id=asked.pk, at=timezone.now(), **words)

    page = desk.get(f"/tickets/{asked.pk}/").content.decode()

    assert '<strong dir="auto">The desk</strong>' in page
    assert "automatically to ada@example.org" in page


def test_an_acknowledgement_does_not_hold_an_answer_up(desk):
    asked = ticket(customer=customer("ada@example.org"))
    seen = Event.objects.filter(stream=asked.stream).count()
    words = {"text": "We have it.", "to": "ada@example.org"}
    acknowledge_ticket(ticket_id=asked.pk, at=timezone.now(), **words)
    reply = {"kind": "reply", "text": "Soon.", "key": "0123456789abcdef", "seen": seen}

    desk.post(f"/tickets/{asked.pk}/write/", reply)

    assert Message.objects.filter(text="Soon.").exists()
