"""A reply that waits can be taken back, and either leaves or was taken back."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.coordination.models import Run
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.withdrawing import TooLate, withdraw_reply
from tests.make.engine import drain
from tests.make.passing import time_passes
from tests.make.tickets import person, ticket


@pytest.fixture
def outbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def held(by, seconds=15):
    words = {"text": "Soon.", "by": by, "key": "k1", "hold_seconds": seconds}
    return write_reply(ticket_id=ticket().pk, at=timezone.now(), **words)


@pytest.mark.django_db
def test_a_reply_waits_before_it_leaves(outbox):
    written = held(person())

    drain()
    before = list(outbox.iterdir())
    time_passes(timedelta(seconds=16))
    drain()

    assert (before, len(list(outbox.glob("*.eml")))) == ([], 1)
    assert Message.objects.get(pk=written.pk).delivery == "sent"


@pytest.mark.django_db
def test_a_reply_that_was_taken_back_never_leaves(outbox):
    ada = person()
    written = held(ada)
    drain()

    withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())
    time_passes(timedelta(minutes=2))
    drain()

    assert list(outbox.iterdir()) == []
    assert Message.objects.get(pk=written.pk).delivery == "withdrawn"
    assert Run.objects.get(flow="send reply").state == "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_taken_back_and_sent_at_the_same_moment_exactly_one_happens(outbox, attempt):
    ada = person()
    written = held(ada, seconds=0)
    ready, refused = threading.Barrier(2), []

    def take_back():
        ready.wait(timeout=30)
        try:
            withdraw_reply(message_id=written.pk, by=ada, at=timezone.now())
        except TooLate as error:
            refused.append(error)
        connection.close()

    def send():
        ready.wait(timeout=30)
        drain()
        connection.close()

    threads = [threading.Thread(target=work) for work in (take_back, send)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    drain()

    left = len(list(outbox.glob("*.eml")))
    delivery = Message.objects.get(pk=written.pk).delivery
    assert (delivery, left, len(refused)) in [("withdrawn", 0, 0), ("sent", 1, 1)]
