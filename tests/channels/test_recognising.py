"""A copy has the Message-ID, the sender and the words of a mail that came; nothing else is one."""

import hashlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.queries.quarantine import held
from apps.channels.queries.sums import lacking, mail_sums
from apps.channels.services.deciding import decide_mail
from apps.channels.services.quarantining import ignore_mail
from apps.channels.services.receiving import reprocess_mail
from apps.channels.types import Sieve
from apps.tickets.models import Message, Ticket
from tests.make.mails import arrived, inbox, mail, mixed, stored
from tests.make.tickets import person

pytestmark = pytest.mark.django_db

SAME = "<1@localhost>"
FOOTER = "\r\n_______________________________________________\r\nUsers mailing list\r\n"


def listed(text: str = "Where is it?", **headers: str) -> bytes:
    """What a mailing list makes of a mail."""
    named = {"subject": "[users] Parcel", "list_id": "<users.x.example>", "message_id": SAME}
    return mail(f"{text}\r\n{FOOTER}", **named | headers)


def direct(text: str = "Where is it?", **headers: str) -> bytes:
    return mail(text, **{"subject": "Parcel", "message_id": SAME} | headers)


def agrees() -> bool:
    return all(day.agrees for day in mail_sums()) and not lacking(ReceivedMail.objects.all())


def test_what_was_ignored_because_of_a_list_is_filed_when_it_comes_directly():
    first, second, third = [arrived(raw) for raw in (listed(), direct(), direct())]

    assert (first.line, second.outcome) == ("ignored: mailing list", "ticket")
    assert (third.outcome, third.ticket_id) == ("duplicate", second.ticket_id)
    assert arrived(listed()).ticket_id == second.ticket_id
    assert Message.objects.count() == 1
    assert agrees()


def test_the_same_bytes_are_filed_by_the_inbox_that_takes_lists():
    inbox("help@desk.example")
    inbox("group@desk.example", takes_lists=True)

    assert arrived(listed(), inbox_address="help@desk.example").outcome == "ignored"
    assert arrived(listed(), inbox_address="group@desk.example").outcome == "ticket"
    assert arrived(listed(), inbox_address="help@desk.example").outcome == "duplicate"


def test_without_message_id_too_what_a_rule_ignored_is_nobodys_original():
    raws = [mail("Hello", message_id="", list_id=name) for name in ("<users.x.example>", "")]

    assert [arrived(raw).outcome for raw in (*raws, *raws)] == [
        "ignored", "ticket", "duplicate", "duplicate",
    ]  # fmt: skip


def test_what_a_person_ignored_stays_ignored():
    braked = stored(mail("", subject="", message_id=SAME))
    decide_mail(mail_id=braked.pk)
    [seen] = held(Sieve())
    ignore_mail(seen=seen, by=person("lead"), why="mailing list", at=timezone.now())

    again = arrived(mail("", subject="", message_id=SAME))

    assert (again.outcome, again.duplicate_of) == ("duplicate", braked.pk)


def test_the_same_message_id_of_somebody_else_is_another_mail():
    first = arrived(direct("I am Ada"))

    second = arrived(direct("I am Bob", **{"from": "bob@home.example"}))

    assert (second.outcome, second.ticket_id != first.ticket_id) == ("ticket", True)
    assert (
        arrived(direct("I am Bob", **{"from": "bob@home.example"})).ticket_id == second.ticket_id
    )
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        direct("Where is it? And my refund?"),
        direct("it?"),
        direct(subject="Refund"),
        mixed(b"Content-Type: text/plain\r\n\r\nWhere is it?",
              b"Content-Type: application/pdf; name=scan.pdf\r\n\r\n%PDF-2",
              subject="Parcel", message_id=SAME),
    ],
    ids=["more words", "fewer words", "another subject", "another file"],
)  # fmt: skip
def test_other_words_under_the_same_message_id_wait_for_a_person(other):
    arrived(direct())
    number = ReceivedMail.objects.get().pk

    outcome = arrived(other)
    again = arrived(other)

    reason = f"Its Message-ID came before with other words (mail {number})."
    assert outcome.line == f"quarantined: {reason}"
    waiting = ReceivedMail.objects.get(outcome="quarantined")
    assert (again.outcome, again.duplicate_of, again.ticket_id) == ("duplicate", waiting.pk, None)
    reprocess_mail(mail_id=waiting.pk, by=person("lead"), at=timezone.now())
    assert decide_mail(mail_id=waiting.pk).outcome == "ticket"
    assert agrees()


@pytest.mark.parametrize(
    "other",
    [
        direct(received="by another server", x_spam="no"),
        direct("Where   is\r\nit?\r\n\r\n"),
        listed(),
        listed("A word of the owner.\r\n\r\nWhere is it?"),
    ],
    ids=["other headers", "broken otherwise", "through a list", "below a title"],
)
def test_the_same_words_by_another_way_are_a_copy(other):
    first = arrived(direct())

    assert (arrived(other).outcome, arrived(other).ticket_id) == ("duplicate", first.ticket_id)


def test_what_a_list_brings_besides_its_footer_is_no_copy():
    inbox(takes_lists=True)
    arrived(direct())

    assert arrived(listed("And where is my refund?")).outcome == "quarantined"
    assert arrived(listed("Where is it? " + "And my refund? " * 100)).outcome == "quarantined"


def test_a_mail_that_came_when_message_ids_alone_were_the_key_is_known_again():
    arrived(direct())
    old = f"mid:{hashlib.sha256(SAME.encode()).hexdigest()}"
    ReceivedMail.objects.update(dedupe_key=old)

    copy, others = arrived(direct()), arrived(direct("Other words"))

    assert (copy.outcome, others.outcome) == ("duplicate", "quarantined")
    assert arrived(direct(**{"from": "bob@home.example"})).outcome == "ticket"


def test_a_list_copy_that_was_ignored_then_gives_way_as_well():
    arrived(listed())
    old = f"mid:{hashlib.sha256(SAME.encode()).hexdigest()}"
    ReceivedMail.objects.update(dedupe_key=old)

    assert [arrived(direct()).outcome for _ in range(2)] == ["ticket", "duplicate"]
    assert agrees()


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_takes_the_place_of_the_ignored_one():
    arrived(listed())
    numbers = [stored(direct()).pk for _ in range(6)]
    gate = Barrier(6)

    def decide(number: int) -> str:
        gate.wait()
        try:
            return decide_mail(mail_id=number).outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        outcomes = Counter(pool.map(decide, numbers))

    assert outcomes == {"ticket": 1, "duplicate": 5}
    assert Message.objects.count() == 1
    assert agrees()
