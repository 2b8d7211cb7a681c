"""A reply that reached nobody: what was decided is told once, and there is a way out."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.coordination.models import Run
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.reporting import take_report
from apps.tickets.services.withdrawing import withdraw_reply
from apps.tickets.types import NewAttachment, Reported
from tests.desk.conftest import part
from tests.make.tickets import customer, ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
DASH = "\N{EN DASH}"


@pytest.fixture
def asked():
    return ticket(customer=customer("mo@home.example"))


def replied(asked, by, *deliveries, error="", **more) -> Message:
    words = {"text": "Soon.", "key": "k", "at": timezone.now()} | more
    reply = write_reply(ticket_id=asked.pk, by=by, **words)
    for each in deliveries:
        said = error if each == deliveries[-1] else ""
        change_delivery(message_id=reply.pk, delivery=each, error=said, at=timezone.now())
    return reply


def page_of(desk, asked, query="") -> str:
    return desk.get(f"/tickets/{asked.pk}/{query}").content.decode()


def test_who_said_that_it_arrived_stands_on_the_page(desk, ada, asked):
    reply = replied(asked, ada, "in_doubt", error="The mail server hung up.")
    Run.objects.all().delete()

    desk.post(f"/tickets/{asked.pk}/messages/{reply.pk}/arrived/")

    assert "<b>Ada King</b> said that it arrived</span>" in page_of(desk, asked)


def test_who_sent_it_again_stands_there_with_what_the_first_try_came_to(desk, ada, asked):
    reply = replied(asked, ada, "failed", error="550 no such box")
    Run.objects.all().delete()

    desk.post(f"/tickets/{asked.pk}/messages/{reply.pk}/again/")
    change_delivery(message_id=reply.pk, delivery="sent", at=timezone.now())

    page = page_of(desk, asked)
    assert f"<b>Ada King</b> sent it again {DASH} 550 no such box" in page
    assert page.count("550 no such box") == 1


def test_what_a_mail_server_does_by_itself_is_no_line(desk, ada, asked):
    replied(asked, ada, "sending", "sent")

    page = page_of(desk, asked)

    assert "sent it again" not in page
    assert "said that it arrived" not in page


def test_what_came_back_says_why_once_in_its_box_and_once_in_the_story(desk, ada, asked):
    reply = replied(asked, ada, "sending", "sent")
    said = Reported(address="mo@home.example", action="failed", diagnostic="550 gone")
    take_report(message_id=reply.pk, said=[said], at=timezone.now())

    page = page_of(desk, asked)

    assert "It came back: mo@home.example did not get it." in page
    assert '<p class="fate-said">550 gone</p>' in page
    assert page.count("550 gone") == 2
    assert f"set the status to open {DASH} The reply came back." in page


@pytest.mark.parametrize("delivery", ["failed", "bounced"])
def test_what_reached_nobody_is_written_to_another_address(desk, asked, ada, delivery):
    file = NewAttachment(name="label.pdf", content_type="application/pdf", data=b"%PDF-1")
    reply = replied(asked, ada, "sending", delivery, attachments=(file,))
    way = f"/tickets/{asked.pk}/?again={reply.pk}"

    here = page_of(desk, asked)
    composer = page_of(desk, asked, f"?again={reply.pk}").partition('class="composer"')[2]

    assert f'href="{way}#composer"' in here
    assert ">Soon.</textarea>" in composer
    assert 'name="to" value=""' in composer
    assert "label.pdf" in composer


def test_what_arrived_is_not_offered_again(desk, asked, ada):
    reply = replied(asked, ada, "sending", "sent")

    page = page_of(desk, asked, f"?again={reply.pk}")

    assert "Write to another address" not in page
    assert ">Soon.</textarea>" not in page


def test_a_reply_to_nobody_is_not_sent_to_the_customer_in_silence(desk, asked):
    sent = {"kind": "reply", "text": "Soon.", "key": "0123456789abcdef", "to": " "}

    answer = desk.post(f"/tickets/{asked.pk}/write/", sent, headers=part("section#pane"))

    assert "Write whom it goes to." in answer.content.decode()
    assert not Message.objects.filter(kind="outgoing").exists()


def test_an_undone_reply_leaves_one_line(desk, asked, ada):
    reply = replied(asked, ada, hold_seconds=15)

    withdraw_reply(message_id=reply.pk, by=ada, at=timezone.now())

    page = page_of(desk, asked)
    assert page.count("<b>Ada King</b>") == 1
    assert "<b>Ada King</b> took the reply back before it left" in page
