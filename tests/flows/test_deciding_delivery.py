"""A person decides about a reply that failed or is in doubt; nothing is sent twice by itself."""

import pytest
from django.utils import timezone

from apps.coordination.models import Event, Run
from apps.coordination.services.operating import give_up
from apps.flows.deciding_delivery import NothingToDecide, OnItsWay, confirm_arrival, send_again
from apps.tickets.checking import compared
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.withdrawing import TooLate, withdraw_reply
from tests.make.engine import drain
from tests.make.smtp import HANG_UP, PostOffice
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(settings):
    """Have a reply sent by a mail server that does what it is told; returns what it took."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def sending(**script):
        with PostOffice(script) as office:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
            drain()
        return office.letters

    return sending


def written():
    words = {"text": "Soon.", "by": person(), "key": "k1"}
    return write_reply(ticket_id=ticket().pk, at=timezone.now(), **words)


def decide(service, message, by, why="She said so."):
    return service(message_id=message.pk, by=by, why=why, at=timezone.now())


def delivery(message):
    return Message.objects.get(pk=message.pk).delivery


def test_what_arrived_counts_as_sent_and_says_who_knew(send):
    message, ada = written(), person()
    send(END=HANG_UP)
    assert delivery(message) == "in_doubt"

    decide(confirm_arrival, message, ada)
    again = send()

    event = Event.objects.filter(type="DeliveryChanged").latest("pk")
    assert (delivery(message), again) == ("sent", [])
    assert (event.actor, event.why) == (f"user:{ada.pk}", "She said so.")
    assert Run.objects.get(flow="send reply").state == "done"
    assert compared([message.ticket_id]) == {}


def test_what_never_came_is_sent_again_as_the_same_mail(send):
    message, ada = written(), person()
    (first,) = send(END=HANG_UP)

    decide(send_again, message, ada)
    (second,) = send()

    assert delivery(message) == "sent"
    assert first["Message-ID"] == second["Message-ID"]
    assert compared([message.ticket_id]) == {}


def test_what_was_refused_is_sent_again_once_its_cause_was_mended(send):
    message, ada = written(), person()
    send(RCPT="550 no such user")
    assert delivery(message) == "failed"

    assert decide(send_again, message, ada).delivery == "queued"
    (letter,) = send()

    assert (delivery(message), letter["To"]) == ("sent", message.to)
    assert Run.objects.filter(flow="send reply", state="done").count() == 2
    assert compared([message.ticket_id]) == {}


@pytest.mark.parametrize("service", [confirm_arrival, send_again])
def test_the_second_who_decides_is_told_and_changes_nothing(send, service):
    message, ada = written(), person()
    send(END=HANG_UP)
    decide(send_again, message, ada)

    with pytest.raises((NothingToDecide, OnItsWay)):
        decide(service, message, ada)

    assert Run.objects.filter(flow="send reply").count() == 1


def test_about_what_was_sent_or_refused_nobody_says_that_it_arrived(send):
    message, ada = written(), person()

    send(RCPT="550 no such user")

    with pytest.raises(NothingToDecide, match="it is failed"):
        decide(confirm_arrival, message, ada)
    assert delivery(message) == "failed"


def test_what_is_sent_again_after_a_doubt_cannot_be_taken_back(send, client):
    message = written()
    Message.objects.update(hold_until=timezone.now())
    (first,) = send(END=HANG_UP)
    give_up(run_id=Run.objects.get(flow="send reply").pk, by="user:1", why="Nobody knows.")
    assert send() == []

    assert decide(send_again, message, message.author).delivery == "queued"
    client.force_login(message.author)
    page = client.get(f"/tickets/{message.ticket_id}/").content.decode()
    with pytest.raises(TooLate, match="too late to take this reply back: it is being sent again"):
        withdraw_reply(message_id=message.pk, by=message.author, at=timezone.now())

    (second,) = send()
    assert ("Queued" in page, "data-undo" in page, "Leaves any moment" in page) == (
        True,
        False,
        False,
    )
    assert first["Message-ID"] == second["Message-ID"]
    assert delivery(message) == "sent"
