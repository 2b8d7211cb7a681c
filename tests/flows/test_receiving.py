"""A mail is acknowledged once it is stored, and its outcome is told at once."""

import pytest
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.receiving import store_mail
from apps.coordination.models import Run
from apps.flows.receiving import receive_mail
from apps.tickets.models import Ticket
from tests.make.engine import drain

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = b"""From: Ada <ada@home.example>
To: support@shop.example
Subject: Where is order A-1001?
Message-ID: <1@home.example>

Hello, it has not come yet.
"""


def receive(raw=MAIL):
    return receive_mail(raw=raw, source="command", at=timezone.now())


def test_a_mail_becomes_a_ticket_in_the_process_that_received_it():
    outcome = receive()

    ticket = Ticket.objects.get()
    assert outcome.line == f"ticket {ticket.pk} created"
    assert Run.objects.get(flow="take in").state == "done"


def test_the_same_mail_again_is_a_duplicate():
    receive()

    outcome = receive()

    assert outcome.outcome == "duplicate"
    assert Ticket.objects.count() == 1


def test_a_mail_whose_receiver_died_is_decided_by_a_worker():
    store_mail(raw=MAIL, source="command", at=timezone.now())

    drain()

    assert ReceivedMail.objects.get().outcome == "ticket"
