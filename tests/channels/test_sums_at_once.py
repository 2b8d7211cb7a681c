"""Eight at once store and decide the same mails, each in an order of its own: the sums agree."""

import io
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.queries.sums import mail_sums
from apps.channels.services.deciding import decide_mail
from apps.channels.services.receiving import store_mail
from apps.tickets.models import Message, Ticket
from tests.make.mails import inbox, mail

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 8
QUESTIONS = 8


def letters() -> list[bytes]:
    """Questions, an answer to each of them, an automatic one, and one with nothing in it."""
    asked = [
        mail(sender=f"c{n}@example.org", message_id=f"<q{n}@example.org>")
        for n in range(QUESTIONS)
    ]
    answers = [
        mail(message_id=f"<a{n}@example.org>", in_reply_to=f"<q{n}@example.org>")
        for n in range(QUESTIONS)
    ]
    robot = mail(message_id="<r@example.org>", auto_submitted="auto-replied")
    empty = mail("", subject="", message_id="<e@example.org>")
    return [*asked, *answers, robot, empty]


def by(number: int, **headers: str) -> bytes:
    """A mail of one of several customers: of a single one so many would be braked."""
    return mail(**{"from": f"c{number}@example.org"} | headers)


def eight(work: Callable[[random.Random], None]) -> None:
    """Have eight threads do it at the same moment, each with a luck of its own."""
    gate = Barrier(HANDS)

    def one(number: int) -> None:
        gate.wait()
        try:
            work(random.Random(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(one, range(HANDS)))


def agrees() -> bool:
    """What the sums say, and what the command does."""
    call_command("reconcile", stdout=io.StringIO())
    return all(day.agrees for day in mail_sums())


def test_each_mail_has_one_outcome_however_its_copies_are_shuffled():
    inbox()
    raws = letters()

    def store_and_decide(luck):
        mine = [
            store_mail(raw=raw, source="lmtp", at=timezone.now()) for raw in shuffled(luck, raws)
        ]
        for stored in shuffled(luck, mine):
            decide_mail(mail_id=stored.pk)

    eight(store_and_decide)

    outcomes = Counter(ReceivedMail.objects.values_list("outcome", flat=True))
    filed = outcomes.pop("ticket") + outcomes.pop("reply")
    assert filed == Message.objects.count() == 2 * QUESTIONS
    assert outcomes == {
        "ignored": 1,
        "quarantined": 1,
        "duplicate": (HANDS - 1) * len(raws),
    }
    assert agrees()


def test_a_mail_is_decided_once_however_many_decide_it():
    inbox()
    raws = letters()
    numbers = [stored(raw) for raw in raws]

    eight(lambda luck: [decide_mail(mail_id=pk) for pk in shuffled(luck, numbers)])

    assert not ReceivedMail.objects.exclude(attempts=1).exists()
    assert not ReceivedMail.objects.filter(outcome__in=["received", "duplicate"]).exists()
    assert Message.objects.count() == 2 * QUESTIONS >= Ticket.objects.count() >= QUESTIONS
    assert agrees()


def test_what_is_taken_from_one_place_is_one_mail_however_many_take_it():
    inbox()
    raws = dict(enumerate(letters()))

    def take_and_decide(luck):
        for uid in shuffled(luck, list(raws)):
            decide_mail(mail_id=stored(raws[uid], origin=f"imap:1:INBOX:7:{uid}"))

    eight(take_and_decide)

    assert ReceivedMail.objects.count() == len(raws)
    assert Message.objects.count() == 2 * QUESTIONS
    assert agrees()


def stored(raw: bytes, **more: str) -> int:
    return store_mail(raw=raw, source="lmtp", at=timezone.now(), **more).pk


def shuffled(luck: random.Random, things: list) -> list:
    return luck.sample(things, len(things))
