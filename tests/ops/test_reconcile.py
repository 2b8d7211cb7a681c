"""The sums agree, or the command says how many mails are unaccounted for."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.tickets.models import Message
from tests.make.mails import arrived, inbox, mail, stored
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)


def reconcile(*arguments: str) -> list[str]:
    said = io.StringIO()
    call_command("reconcile", *arguments, stdout=said)
    return said.getvalue().splitlines()


def test_every_mail_is_accounted_for():
    inbox("help@desk.example")
    arrived(mail(message_id="<a@x>"), at=DAY)
    arrived(mail(message_id="<a@x>"), at=DAY)
    arrived(mail(in_reply_to="<a@x>"), at=DAY)
    arrived(mail(precedence="bulk"), at=DAY + timedelta(days=1))
    arrived(b"", at=DAY + timedelta(days=1))
    stored(at=DAY + timedelta(days=2))

    assert reconcile() == [
        "2026-11-02 help@desk.example: 3 received = 1 ticket + 1 reply + 1 duplicate",
        "2026-11-03 help@desk.example: 2 received = 1 ignored + 1 quarantined",
        "2026-11-04 no inbox: 1 received = 1 received",
        "6 mails received, 1 of them waits: the sums agree.",
    ]


def test_nothing_received_agrees():
    assert reconcile() == ["0 mails received, 0 of them wait: the sums agree."]


def test_only_the_last_days_are_summed():
    stored(at=timezone.now() - timedelta(days=3))
    stored()

    assert reconcile("--days", "1")[-1].startswith("1 mail received")


def test_a_message_that_left_its_ticket_is_noticed():
    outcome = arrived(at=DAY)
    Message.objects.filter(pk=outcome.message_id).update(ticket=ticket())

    with pytest.raises(CommandError, match="1 of 1 mail has no outcome that holds"):
        reconcile()


def test_the_database_itself_refuses_an_outcome_with_nothing_behind_it():
    stored()

    with (
        pytest.raises(IntegrityError, match="a_filed_mail_has_its_message"),
        transaction.atomic(),
    ):
        ReceivedMail.objects.update(outcome="ticket", decided_at=timezone.now())

    assert ReceivedMail.objects.get().outcome == "received"
