"""Automatic answers to our mail are told on its ticket, and are taken for nothing else."""

import pytest

from apps.channels.models import ReceivedMail
from apps.channels.queries import DESK_PURPOSE
from apps.coordination.models import Event
from apps.core.signing import short_signature
from apps.tickets.checking import departures
from apps.tickets.models import Ticket
from tests.make.mails import arrived, inbox, mail
from tests.make.reports import out_of_office, sent, state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def desk():
    inbox()


def test_an_out_of_office_is_told_and_changes_nothing():
    reply = sent()
    before = Ticket.objects.values().get()

    outcome = arrived(out_of_office(reply.message_id_header))

    assert outcome.line == f"ignored: automatic answer to message {reply.pk}"
    assert Ticket.objects.values().get() == before
    event = Event.objects.get(type="AutoReplyReceived")
    assert (event.actor, event.why) == ("machine", "ada@example.org")
    assert event.payload["mail_id"] == ReceivedMail.objects.get(report_on=reply).pk
    assert list(departures()) == []


def test_an_out_of_office_without_its_own_header_is_no_bounce():
    reply = sent()
    quoted = f"ada@example.org is away.\r\n\r\n> On Monday you wrote: {reply.message_id_header}"

    outcome = arrived(
        mail(quoted, in_reply_to=reply.message_id_header, return_path="<>", subject="Away")
    )

    assert outcome.line == f"ignored: automatic answer to message {reply.pk}"
    assert state(reply) == ("pending", "sent", "")


def test_an_automatic_mail_of_ours_that_comes_back_is_no_answer_to_us():
    reply = sent()
    mark = short_signature(DESK_PURPOSE, "")

    outcome = arrived(out_of_office(reply.message_id_header, x_supportcoord=mark))

    assert outcome.line == "ignored: loop: our own mail came back"
    assert not Event.objects.filter(type="AutoReplyReceived").exists()


def test_an_out_of_office_that_answers_nothing_of_ours_is_only_ignored():
    sent()

    outcome = arrived(out_of_office("<1.2.abcdefghijklmnop@desk.example>"))

    assert outcome.line == "ignored: auto-reply"
    assert not Event.objects.filter(type="AutoReplyReceived").exists()
