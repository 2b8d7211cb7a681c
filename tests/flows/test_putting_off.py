"""A mail server that wants one mail later has answered: every other mail leaves meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.coordination import runtime
from apps.coordination.models import Breaker, Run
from apps.coordination.services.breaking import record_failure
from apps.tickets.models import Message, Ticket
from apps.tickets.services.conversing import write_reply
from tests.make.engine import drain
from tests.make.passing import time_passes
from tests.make.smtp import PostOffice
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db

FULL = "full@x.example"
WELL = "well@x.example"


@pytest.fixture(autouse=True)
def without_luck(monkeypatch):
    """Every pause is as long as it can be: no turn comes so soon that the same drain takes it."""
    monkeypatch.setattr(runtime.random, "random", lambda: 1.0)


def by_smtp(settings, office: PostOffice) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port


def reply_to(address: str) -> Message:
    return reply_on(ticket(customer=customer(address)), address)


def reply_on(asked: Ticket, address: str, key: str = "") -> Message:
    words = {"text": "Soon.", "by": person(), "key": key or address, "to": address}
    return write_reply(ticket_id=asked.pk, at=timezone.now(), **words)


def tried(times: int) -> None:
    for _ in range(times):
        drain()
        time_passes(timedelta(hours=2))


def run_of(written: Message) -> Run:
    return Run.objects.get(flow="send reply", input__message_id=written.pk)


def recipients(office: PostOffice) -> list[list[str]]:
    return [to for _, to, _ in office.taken]


def test_one_full_mailbox_keeps_no_other_reply(settings):
    with PostOffice(refused={FULL: "452 4.2.2 mailbox full"}) as office:
        by_smtp(settings, office)
        full = reply_to(FULL)
        tried(8)
        assert run_of(full).attempts == 8

        reply_to(WELL)
        drain()

    assert recipients(office) == [[WELL]]
    assert run_of(full).error_code == "mail_put_off"
    assert not Breaker.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize("word", ["MAIL", "DATA", "END"])
def test_what_a_server_says_of_one_mail_is_not_about_the_server(settings, word):
    with PostOffice({word: "451 4.7.1 not this one now"}) as office:
        by_smtp(settings, office)
        odd = reply_to(FULL)
        tried(8)

    assert (run_of(odd).attempts, run_of(odd).error_code) == (8, "mail_put_off")
    assert not Breaker.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize("word", ["CONNECT", "MAIL", "RCPT", "END"])
def test_a_server_that_closes_is_left_alone(settings, word):
    with PostOffice({word: "421 4.3.2 shutting down"}) as office:
        by_smtp(settings, office)
        reply_to(WELL)
        tried(7)

    breaker = Breaker.objects.get(destination="smtp")
    assert (breaker.failures, bool(breaker.open_until)) == (7, True)
    said = "The mail server takes no mail at the moment: 421 4.3.2 shutting down"
    assert breaker.last_error == said


def test_a_server_that_puts_a_mail_off_is_back(settings):
    for _ in range(7):
        record_failure("smtp", "It was away.")
    time_passes(timedelta(minutes=1))

    with PostOffice(refused={FULL: "450 4.2.0 greylisted"}) as office:
        by_smtp(settings, office)
        reply_to(FULL)
        drain()
        reply_to(WELL)
        drain()

    assert recipients(office) == [[WELL]]
    assert Breaker.objects.get(destination="smtp").failures == 0


def test_a_reply_passes_an_earlier_one_of_its_ticket_that_was_put_off(settings):
    asked = ticket(customer=customer(FULL))
    with PostOffice(refused={FULL: "452 4.2.2 mailbox full"}) as office:
        by_smtp(settings, office)
        first = reply_on(asked, FULL)
        drain()
        second = reply_on(asked, WELL)
        drain()

    (letter,) = office.letters
    first.refresh_from_db()
    assert (letter["To"], letter["References"]) == (WELL, first.message_id_header)
    assert (first.delivery, run_of(first).state) == ("sending", "ready")
    assert run_of(second).state == "done"


def test_replies_of_a_ticket_leave_in_order_once_the_server_is_back(settings):
    asked = ticket(customer=customer(WELL))
    with PostOffice({"CONNECT": "421 4.3.2 busy"}) as office:
        by_smtp(settings, office)
        written = [reply_on(asked, WELL, key=f"k{number}") for number in range(3)]
        drain()
        del office.script["CONNECT"]
        drain()
        early = list(office.letters)
        tried(3)

    order = [letter["Message-ID"] for letter in office.letters]
    stored = [Message.objects.get(pk=reply.pk).message_id_header for reply in written]
    assert (early, order) == ([], stored)
    assert office.letters[2]["References"] == f"{order[0]} {order[1]}"
