"""One inbox sends few automatic mails to one address within a day, however many come at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.channels.models import Inbox
from apps.channels.services.acknowledging import acknowledge_mail
from apps.tickets.models import Message
from tests.make.mails import inbox
from tests.make.posted import came, fresh, letters

pytestmark = pytest.mark.django_db
WORDS = "We have it as number {number}."


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def test_one_address_is_told_twice_a_day_at_most(outbox):
    inbox(acknowledgement=WORDS)
    for number in range(6):
        came(fresh(f"Question {number}"))
    came(fresh("Another one's", **{"from": "bob@b.example"}))
    told = [letter["To"] for letter in letters(outbox)]

    yesterday = timezone.now() - timedelta(days=1, minutes=1)
    Message.objects.filter(is_automatic=True).update(created_at=yesterday)
    came(fresh("Tomorrow"))

    assert sorted(told) == ["ada@example.org"] * 2 + ["bob@b.example"]
    assert len(letters(outbox)) == 4


def test_what_stands_behind_a_plus_is_no_other_address(outbox):
    inbox(acknowledgement=WORDS)

    for number in range(6):
        came(fresh(f"Request {number}", **{"from": f"support+id{number}@other.example"}))

    told = [letter["To"] for letter in letters(outbox)]
    assert sorted(told) == ["support+id0@other.example", "support+id1@other.example"]


def test_each_inbox_counts_for_itself(outbox):
    inbox(acknowledgement=WORDS)
    inbox("sales@desk.example", acknowledgement=WORDS)

    for number in range(4):
        came(fresh(f"Question {number}"))
        came(fresh(f"Offer {number}", to="sales@desk.example"))

    assert len(letters(outbox)) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sender", ["ada@example.org", "ada+{number}@example.org"])
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_mails_at_once_one_is_told_where_one_more_may_be(outbox, attempt, sender):
    inbox(acknowledgement=WORDS)
    came(fresh("The first"))
    Inbox.objects.update(acknowledgement="")
    writers = [{"from": sender.format(number=number)} for number in range(2)]
    waiting = [came(fresh(f"Also {writer}", **writer)).pk for writer in writers]
    Inbox.objects.update(acknowledgement=WORDS)
    ready, told = threading.Barrier(2), []

    def acknowledge(mail_id: int) -> None:
        ready.wait(timeout=30)
        told.append(acknowledge_mail(mail_id=mail_id))
        connection.close()

    threads = [threading.Thread(target=acknowledge, args=(pk,)) for pk in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(message is None for message in told) == [False, True]
    assert Message.objects.filter(is_automatic=True).count() == 2
