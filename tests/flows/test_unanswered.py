"""A reply that reached nobody is no answer: its ticket waits for us again, and its clock runs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.coordination.models import Event
from apps.flows.deciding_delivery import send_again
from apps.tickets.checking import compared
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.reporting import take_report
from apps.tickets.services.withdrawing import withdraw_reply
from apps.tickets.types import Reported
from tests.make.engine import drain
from tests.make.smtp import HANG_UP, PostOffice
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(settings):
    """Have replies sent by a mail server that does what it is told."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def sending(**script):
        with PostOffice(script) as office:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
            drain()

    return sending


@pytest.fixture
def asked():
    return ticket(customer=customer("ada@example.org"))


def answered(asked, key="k1", **more) -> Message:
    words = {"text": "Soon.", "by": person(), "key": key, "at": timezone.now()} | more
    return write_reply(ticket_id=asked.pk, **words)


def state(asked):
    now = Ticket.objects.get(pk=asked.pk)
    assert compared([asked.pk]) == {}
    return now.status, now.first_answered_at


def test_a_refused_reply_opens_its_ticket_again_and_says_why(asked, send):
    answered(asked)

    send(RCPT="550 no such user")

    assert state(asked) == ("open", None)
    told = Event.objects.filter(stream=asked.stream, type="StatusChanged").latest("seq")
    assert (told.payload["new"], told.why) == ("open", "The reply was not sent.")


def test_a_refused_solution_solves_nothing(asked, send):
    answered(asked, status="solved")

    send(END="554 5.7.1 Not from you")

    assert state(asked) == ("open", None)
    assert Event.objects.filter(stream=asked.stream, type="TicketReopened").count() == 1


def test_an_answer_that_arrived_before_or_since_stands(asked, send):
    first = answered(asked)
    send()
    answered(asked, key="k2")

    send(RCPT="550 no such user")

    assert state(asked) == ("open", first.created_at)


def test_the_answer_of_somebody_else_takes_the_place_of_one_that_was_lost(asked, send):
    lost = answered(asked, at=timezone.now() - timedelta(minutes=2))
    other = answered(asked, key="k2")
    said = Reported(address="ada@example.org", action="failed", diagnostic="550 gone")
    send()

    take_report(message_id=lost.pk, said=[said], at=timezone.now())

    assert state(asked) == ("open", other.created_at)


def test_a_bounce_lets_the_first_response_be_waited_for_again(asked, send):
    lost = answered(asked)
    said = Reported(address="ada@example.org", action="failed", diagnostic="550 gone")
    send()

    take_report(message_id=lost.pk, said=[said], at=timezone.now())

    assert state(asked) == ("open", None)


def test_what_left_at_the_second_try_is_the_first_answer(asked, send):
    reply = answered(asked)
    send(RCPT="550 no such user")

    send_again(message_id=reply.pk, by=person(), at=timezone.now())
    send()

    assert state(asked) == ("open", Message.objects.get(pk=reply.pk).sent_at)


def test_doubt_leaves_the_ticket_as_it_is(asked, send):
    reply = answered(asked)

    send(END=HANG_UP)

    assert state(asked) == ("pending", reply.created_at)


def test_a_closed_ticket_stays_closed(asked, send):
    answered(asked)
    change_status(ticket_id=asked.pk, status="closed", at=timezone.now())

    send(RCPT="550 no such user")

    assert state(asked) == ("closed", None)


def test_a_lost_answer_does_not_count_when_a_later_one_is_taken_back(asked, send):
    answered(asked)
    send(RCPT="550 no such user")
    ben = person()
    later = answered(asked, key="k2", by=ben, hold_seconds=15)

    withdraw_reply(message_id=later.pk, by=ben, at=timezone.now())

    assert state(asked) == ("open", None)
