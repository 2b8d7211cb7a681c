"""Mails that a server shows and does not hand over: it said no for a while, or yes and nothing."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.channels.adapters.away import MailboxAway
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services.collecting import collect_batch
from apps.channels.services.connecting import connected
from apps.channels.services.places import note_failure
from apps.channels.services.taking import NotHandedOver
from apps.core.errors import DomainError
from tests.make.mails import inbox, mail
from tests.make.refusing import HANG_UP, NO, YES, RefusingLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(server) -> Iterator[RefusingLine]:
    with RefusingLine("127.0.0.1", server.port) as line:
        yield line


@pytest.fixture
def mailbox(server, line) -> Mailbox:
    return Mailbox.objects.create(
        inbox=inbox(),
        host="127.0.0.1",
        port=line.port,
        security="plain",
        username=server.user,
        password=server.password,
        folders="Support",
    )


def one_round(mailbox: Mailbox) -> DomainError | None:
    """As the collector goes about it; returns what stopped it."""
    try:
        with connected(mailbox=mailbox) as session:
            collect_batch(session=session, folder="Support", at=timezone.now())
    except DomainError as error:
        note_failure(mailbox=mailbox, folder="Support", error=error)
        return error
    return None


def kept() -> list[bytes]:
    return [bytes(each.raw) for each in ReceivedMail.objects.order_by("pk")]


@pytest.mark.parametrize("command", ["UID FETCH .*BODY", "UID FETCH "])
def test_a_server_that_says_no_for_a_while_costs_no_mail(server, line, mailbox, command):
    mails = [mail(f"Number {number}\r\n") for number in range(5)]
    server.put(*mails, folder="Support")
    line.answers[command] = NO

    errors = [one_round(mailbox) for _ in range(6)]
    line.answers.clear()

    assert all(isinstance(error, MailboxAway) for error in errors)
    assert str(errors[-1]) == (
        "127.0.0.1 hands over nothing from Support at the moment: "
        "[UNAVAILABLE] The disk is away for a while."
    )
    assert kept() == []
    assert one_round(mailbox) is None
    assert kept() == mails


def test_a_mail_that_is_kept_back_is_asked_for_thrice_and_then_set_aside(server, line, mailbox):
    good = mail("Good\r\n")
    server.put(mail("Broken there\r\n"), good, folder="Support")
    broken = min(server.flags("Support"))
    line.answers[rf"UID FETCH {broken} .*BODY"] = YES

    errors = [one_round(mailbox) for _ in range(4)]

    assert [type(error) for error in errors] == [
        NotHandedOver,
        NotHandedOver,
        NotHandedOver,
        type(None),
    ]
    assert kept() == [b"", good]
    assert ReceivedMail.objects.earliest("pk").reason == (
        f"The server shows mail {broken} in Support, but does not hand it over. "
        f"It stays in Support of {server.user} at 127.0.0.1: open it there, "
        "or take it in by manage.py reconcile --again once it can be had."
    )
    assert MailFolder.objects.get().failures == 0


def test_a_no_to_one_mail_alone_holds_up_those_behind_it_for_three_rounds(server, line, mailbox):
    before, behind = mail("Before\r\n"), mail("Behind\r\n")
    server.put(before, mail("Broken there\r\n"), behind, folder="Support")
    broken = sorted(server.flags("Support"))[1]
    line.answers[rf"UID FETCH {broken} .*BODY"] = NO

    for _ in range(4):
        one_round(mailbox)
    assert kept() == [before]
    one_round(mailbox)

    assert kept() == [before, b"", behind]


def test_failures_of_another_kind_do_not_count_for_a_mail(server, line, mailbox):
    server.put(mail(), folder="Support")
    away = MailboxAway(host="127.0.0.1", port=line.port, cause="the line was cut")
    for _ in range(5):
        note_failure(mailbox=mailbox, folder="Support", error=away)
    line.answers["UID FETCH .*BODY"] = YES

    assert isinstance(one_round(mailbox), NotHandedOver)

    assert kept() == []


def test_of_many_mails_kept_back_each_has_its_own_three_rounds(server, line, mailbox):
    server.put(*[mail() for _ in range(3)], folder="Support")
    line.answers["UID FETCH .*BODY"] = YES

    for _ in range(5):
        one_round(mailbox)

    assert kept() == [b""]


def test_a_mail_at_which_the_line_breaks_is_asked_for_six_times_and_then_set_aside(
    server, line, mailbox
):
    good = mail("Good\r\n")
    server.put(mail("Broken there\r\n"), good, folder="Support")
    broken = min(server.flags("Support"))
    line.answers[rf"UID FETCH {broken} .*BODY"] = HANG_UP

    errors = [one_round(mailbox) for _ in range(7)]

    assert [type(error) for error in errors] == [NotHandedOver] * 6 + [type(None)]
    assert kept() == [b"", good]


def test_a_line_that_breaks_at_every_mail_costs_none(server, line, mailbox):
    mails = [mail(f"Number {number}\r\n") for number in range(3)]
    server.put(*mails, folder="Support")
    line.answers["UID FETCH .*BODY"] = HANG_UP

    errors = [one_round(mailbox) for _ in range(8)]
    line.answers.clear()

    assert {type(error) for error in errors} == {MailboxAway}
    assert one_round(mailbox) is None
    assert kept() == mails


def test_neighbours_that_are_refused_hold_up_none_of_those_behind_them(server, line, mailbox):
    mails = [mail(f"Number {number}\r\n") for number in range(12)]
    server.put(*mails, folder="Support")
    first, second = sorted(server.flags("Support"))[:2]
    line.answers[rf"UID FETCH ({first}|{second}) .*BODY"] = NO

    for _ in range(8):
        one_round(mailbox)

    assert kept() == [b"", b"", *mails[2:]]
