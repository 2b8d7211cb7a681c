"""Mail is collected by processes of their own, each mailbox beside the others."""

import signal
import socket
from collections.abc import Iterator

import pytest

from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from tests.make.imap import ImapServer, dovecot
from tests.make.mails import inbox, mail
from tests.make.processes import kill, running, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
COLLECTOR = ["manage.py", "collect_mail"]


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with dovecot() as server:
        yield server


def account(server: ImapServer, port: int = 0, **fields) -> Mailbox:
    defaults = {"host": "127.0.0.1", "port": port or server.port, "security": "plain"}
    defaults |= {"username": server.user, "password": server.password}
    defaults |= {"inbox": inbox(fields.pop("address", "help@desk.example"))}
    return Mailbox.objects.create(**defaults | fields)


def count(number: int):
    return lambda: ReceivedMail.objects.count() == number


def test_mail_is_taken_as_it_arrives_beside_a_mailbox_that_hangs(server):
    with socket.create_server(("127.0.0.1", 0)) as silent, running(COLLECTOR) as [process]:
        account(server, silent.getsockname()[1], username="slow", address="slow@desk.example")
        account(server)
        wait_until(MailFolder.objects.filter(read_at__isnull=False).exists)

        server.put(mail())
        wait_until(count(1), seconds=20)

        wait_until(lambda: server.flags() == {1: {"\\Seen"}})
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_when_a_collector_dies_another_goes_on(server):
    account(server)
    server.put(mail())
    with running(COLLECTOR) as [first]:
        wait_until(count(1))
        with running(COLLECTOR):
            kill(first)
            server.put(mail())

            wait_until(count(2), seconds=20)


def test_a_password_that_is_put_right_is_used_within_seconds(server):
    mailbox = account(server, password="guessed-it-not")
    server.put(mail())
    with running(COLLECTOR):
        wait_until(MailFolder.objects.filter(failures=1).exists)
        problem = MailFolder.objects.get().problem

        mailbox.password = server.password
        mailbox.save()

        wait_until(count(1), seconds=20)
    assert problem == (
        f"127.0.0.1 does not let {server.user} in: [AUTHENTICATIONFAILED] Authentication failed. "
        "Check the user name and the password."
    )


@pytest.mark.stack
def test_a_thousand_mails_are_caught_up(server):
    account(server)
    mails = [mail(f"Number {number}\r\n") for number in range(1000)]
    server.put(*mails)

    with running(COLLECTOR):
        wait_until(count(1000), seconds=120)

    kept = [bytes(each.raw) for each in ReceivedMail.objects.order_by("pk").defer(None)]
    assert kept == mails


def test_a_mailbox_that_is_switched_off_is_not_read_any_more(server):
    mailbox = account(server, is_active=False)
    server.put(mail())

    with running(COLLECTOR):
        account(server, username="other@desk.example", address="other@desk.example")
        wait_until(MailFolder.objects.filter(read_at__isnull=False).exists)

    assert not MailFolder.objects.filter(mailbox=mailbox).exists()
    assert not ReceivedMail.objects.exists()
