"""A mail server hands mail over by LMTP: each recipient has an answer of its own."""

import os
import signal
import smtplib
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from apps.channels.adapters.lmtp import NOT_NOW, Desk
from apps.channels.management.commands import lmtp as command
from apps.channels.models import ReceivedMail
from apps.channels.queries import REPLY_PURPOSE
from apps.channels.services.deciding import decide_mail
from apps.channels.types import MOST_BYTES
from apps.core.signing import short_signature
from tests.make.lmtp import lmtp_door
from tests.make.mails import arrived, inbox, mail
from tests.make.processes import backends

pytestmark = pytest.mark.django_db(transaction=True)


def handed_over(door, raw: bytes, *recipients: str, sender: str = "ada@example.org"):
    """What `RCPT` and the end of the content were answered for each recipient."""
    with door.client() as client:
        client.ehlo()
        client.mail(sender)
        rcpt = {to: client.rcpt(to)[0] for to in recipients}
        taken = [to for to, code in rcpt.items() if code == 250]
        if not taken:
            return rcpt
        code, _answer = client.data(raw)
        codes = [code, *(client.getreply()[0] for _ in taken[1:])]
        return rcpt | dict(zip(taken, codes, strict=True))


def test_a_mail_is_stored_byte_for_byte_with_its_recipient():
    inbox()
    raw = mail("One\r\n.\r\n..two\r\n" + "x" * 5000 + "\r\n")

    with lmtp_door() as door:
        answers = handed_over(door, raw, "help@desk.example")

    kept = ReceivedMail.objects.get()
    assert answers == {"help@desk.example": 250}
    assert (bytes(kept.raw), kept.source) == (raw, "lmtp")
    assert (kept.recipient, kept.inbox.address) == ("help@desk.example", "help@desk.example")


def test_each_recipient_is_answered_for_itself():
    inbox()
    inbox("small@desk.example", most_megabytes=1)
    raw = mail("x" * 70 + ("\r\n" + "x" * 70) * 20_000)

    with lmtp_door() as door:
        answers = handed_over(
            door, raw, "small@desk.example", "nobody@desk.example", "help@desk.example"
        )

    assert answers == {
        "small@desk.example": 552,
        "nobody@desk.example": 550,
        "help@desk.example": 250,
    }
    assert ReceivedMail.objects.get().inbox.address == "help@desk.example"


@pytest.mark.parametrize("recipient", ["help+shoes@desk.example", "HELP@Desk.example"])
def test_what_stands_behind_a_plus_does_not_matter(recipient):
    inbox()

    with lmtp_door() as door:
        answers = handed_over(door, mail(), recipient)

    kept = ReceivedMail.objects.get()
    assert answers == {recipient: 250}
    assert (kept.recipient, kept.inbox.address) == (recipient, "help@desk.example")


@pytest.mark.parametrize(
    "recipient", ["no-reply@mail.example", "No-Reply@Mail.example", "no-reply+b=ada@mail.example"]
)
def test_what_comes_back_to_the_address_that_an_inbox_sends_from_is_its_own(recipient):
    inbox()
    inbox("shoes@desk.example", reply_from="No-Reply@mail.example")

    with lmtp_door() as door:
        answers = handed_over(door, mail(), recipient)

    kept = ReceivedMail.objects.get()
    assert answers == {recipient: 250}
    assert (kept.recipient, kept.inbox.address) == (recipient, "shoes@desk.example")


def test_an_inbox_that_is_switched_off_takes_nothing_at_the_address_it_sent_from():
    inbox(reply_from="no-reply@mail.example", is_active=False)

    with lmtp_door() as door:
        answers = handed_over(door, mail(), "no-reply@mail.example")

    assert answers == {"no-reply@mail.example": 550}


@pytest.mark.parametrize("recipient", ["he\x00lp@desk.example", "he\udc80lp@desk.example", "\x1b"])
def test_a_recipient_that_cannot_be_printed_is_refused_for_good(recipient):
    inbox()

    assert command.greet(recipient) == "550 5.1.1 There is no such inbox here."
    assert command.take(mail(), recipient) == "550 5.1.1 There is no such inbox here."

    assert not ReceivedMail.objects.exists()


def test_only_a_reply_address_that_we_signed_is_taken():
    inbox()
    number = arrived().ticket_id
    ours = f"reply+{number}.{short_signature(REPLY_PURPOSE, str(number))}@desk.example"
    forged = f"reply+{number}.{'a' * 16}@desk.example"

    with lmtp_door() as door:
        answers = handed_over(door, mail(to=ours), ours, forged)

    assert answers == {ours: 250, forged: 550}
    kept = ReceivedMail.objects.get(source="lmtp")
    assert decide_mail(mail_id=kept.pk).line == f"reply on ticket {number}"


def test_an_inactive_inbox_takes_nothing():
    inbox(is_active=False)

    with lmtp_door() as door:
        answers = handed_over(door, mail(), "help@desk.example")

    assert answers == {"help@desk.example": 550}
    assert not ReceivedMail.objects.exists()


def test_a_bounce_has_no_sender_and_is_taken():
    inbox()

    with lmtp_door() as door:
        answers = handed_over(door, mail(), "help@desk.example", sender="")

    assert answers == {"help@desk.example": 250}
    assert ReceivedMail.objects.count() == 1


def test_the_size_is_announced_and_too_large_a_mail_refused_before_it_is_sent():
    inbox()

    with lmtp_door() as door, door.client() as client:
        client.ehlo()
        announced = client.esmtp_features["size"]
        code, _ = client.mail("ada@example.org", [f"size={MOST_BYTES + 1}"])

    assert announced == str(MOST_BYTES)
    assert code == 552


def test_too_large_a_content_is_answered_for_each_recipient():
    inbox()
    inbox("shop@desk.example")
    raw = mail(("x" * 998 + "\r\n") * (MOST_BYTES // 1000 + 10))

    with lmtp_door() as door:
        answers = handed_over(door, raw, "help@desk.example", "shop@desk.example")

    assert answers == {"help@desk.example": 552, "shop@desk.example": 552}
    assert not ReceivedMail.objects.exists()


def test_the_same_mail_again_is_a_duplicate():
    inbox()
    raw = mail(message_id="<lost-answer@x>")

    with lmtp_door() as door:
        handed_over(door, raw, "help@desk.example")
        handed_over(door, raw, "help@desk.example")

    outcomes = [
        decide_mail(mail_id=kept.pk).outcome for kept in ReceivedMail.objects.order_by("pk")
    ]
    assert outcomes == ["ticket", "duplicate"]


def away(*facts: object) -> str:
    raise OperationalError("the address of the database, and its password")


@pytest.mark.parametrize(
    "asked", [Desk(greet=away, take=away), Desk(greet=command.greet, take=away)]
)
def test_what_cannot_be_stored_now_is_to_be_tried_again(asked):
    inbox()

    with lmtp_door(asked) as door:
        answers = handed_over(door, mail(), "help@desk.example")

    assert answers == {"help@desk.example": 451}
    assert "password" not in NOT_NOW
    assert not ReceivedMail.objects.exists()


def test_it_listens_on_a_socket_and_takes_it_away_again(tmp_path):
    inbox()
    socket = tmp_path / "lmtp"

    with lmtp_door(socket=socket) as door:
        answers = handed_over(door, mail(), "help@desk.example")

    assert answers == {"help@desk.example": 250}
    assert not socket.exists()


def test_what_was_begun_is_finished_when_it_is_told_to_stop():
    inbox()
    began, go_on = threading.Event(), threading.Event()

    def slowly(raw: bytes, recipient: str) -> str:
        began.set()
        assert go_on.wait(10)
        return command.take(raw, recipient)

    with lmtp_door(Desk(greet=command.greet, take=slowly)) as door:
        answers: dict[str, int] = {}
        sending = threading.Thread(
            target=lambda: answers.update(handed_over(door, mail(), "help@desk.example"))
        )
        sending.start()
        assert began.wait(10)
        door.close()
        with pytest.raises(OSError), smtplib.LMTP("127.0.0.1", door.server.port) as late:  # noqa: PT011
            late.ehlo()
        go_on.set()
        sending.join(20)

    assert answers == {"help@desk.example": 250}
    assert ReceivedMail.objects.count() == 1


def test_the_command_listens_without_a_database_and_ends_when_it_is_told(tmp_path):
    socket = tmp_path / "lmtp"
    away = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "DJANGO_SETTINGS_MODULE": "supportcoord.settings",
        "LOG_LEVEL": "INFO",
    }
    with subprocess.Popen(
        [sys.executable, "manage.py", "lmtp", "--socket", str(socket)],
        cwd=settings.BASE_DIR,
        env=os.environ | away,
        stderr=subprocess.PIPE,
    ) as door:
        heard = next(line for line in door.stderr if b"LMTP listens" in line or not line)
        with smtplib.LMTP(str(socket)) as client:
            client.ehlo()
            client.mail("ada@example.org")
            code, _answer = client.rcpt("help@desk.example")
        door.send_signal(signal.SIGTERM)
        ended = door.wait(30)

    assert heard
    assert (code, ended) == (451, 0)
    assert not socket.exists()


def test_connections_are_kept_from_mail_to_mail_and_a_broken_one_is_replaced():
    inbox()

    with lmtp_door() as door:
        handed_over(door, mail(), "help@desk.example")
        kept = backends()
        handed_over(door, mail(), "help@desk.example")
        still = backends()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [[*still]])
        answers = handed_over(door, mail(), "help@desk.example")

    assert kept
    assert kept <= still
    assert answers == {"help@desk.example": 250}
    assert ReceivedMail.objects.count() == 3
