"""The collector where servers tell nothing, hang up, or PostgreSQL goes away meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from apps.channels.adapters.imap import Session
from apps.channels.management import collector as module
from apps.channels.management.collector import Collector
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from tests.make.imap import ImapServer, dovecot
from tests.make.mails import inbox, mail
from tests.make.own_postgres import own_postgres
from tests.make.processes import running, wait_until
from tests.make.proxy import CutLine

pytestmark = pytest.mark.django_db(transaction=True)
MUTE = "\nimap_capability = IMAP4rev1 UIDPLUS MOVE\n"


def account(server: ImapServer, **fields) -> Mailbox:
    defaults = {"host": "127.0.0.1", "port": server.port, "security": "plain"}
    defaults |= {"username": server.user, "password": server.password, "inbox": inbox()}
    return Mailbox.objects.create(**defaults | fields)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector in this process."""
    collector = Collector(clock=timezone.now)
    collector.look()
    try:
        yield collector
    finally:
        collector.end(seconds=10)


def count(number: int):
    return lambda: ReceivedMail.objects.count() == number


def was_read() -> bool:
    return MailFolder.objects.filter(read_at__isnull=False).exists()


def test_a_server_that_does_not_tell_is_asked_again_and_again(monkeypatch):
    monkeypatch.setattr(module, "POLL", 0.1)
    with dovecot(more=MUTE) as server:
        account(server)
        with collecting():
            wait_until(was_read)

            server.put(mail())

            wait_until(count(1), seconds=20)


def test_mail_that_arrives_just_before_the_waiting_begins_is_told_at_once(monkeypatch):
    really, before = Session.wait, []

    def wait(session: Session, seconds: int, **facts) -> None:
        if not before:
            before.append(server.put(mail()))
        really(session, seconds, **facts)

    monkeypatch.setattr(Session, "wait", wait)
    with dovecot() as server:
        account(server)
        with collecting():
            wait_until(count(1), seconds=20)


@pytest.mark.parametrize("after", [600, 2500, 60_000])
def test_a_connection_that_breaks_in_the_middle_of_a_mail_costs_nothing(after):
    mails = [mail(f"Number {number}\r\n" + "x" * 30_000 + "\r\n") for number in range(4)]
    with dovecot() as server, CutLine("127.0.0.1", server.port) as line:
        server.put(*mails)
        account(server, port=line.port)
        line.cut(after=after)
        with collecting():
            wait_until(count(4), seconds=30)
            wait_until(lambda: list(server.flags().values()) == [{"\\Seen"}] * 4)

    assert line.is_cut
    kept = [bytes(each.raw) for each in ReceivedMail.objects.order_by("pk").defer(None)]
    assert kept == mails


def test_what_lies_there_is_compared_once_the_folder_is_read():
    with dovecot() as server:
        server.put(mail(), mail())
        account(server)
        with collecting():
            wait_until(MailFolder.objects.filter(compared_at__isnull=False).exists)

    place = MailFolder.objects.get()
    assert (place.lying, place.waiting, place.missing) == (2, 0, 0)


@pytest.mark.stack
@pytest.mark.timeout(300)
def test_while_postgresql_is_away_mail_stays_unseen_and_is_taken_once_after(tmp_path):
    with own_postgres(tmp_path / "postgres") as database, dovecot() as server:
        account(server)
        with running(["manage.py", "collect_mail"], **database.place):
            wait_until(was_read)
            connection.close()
            database.stop()
            server.put(mail())
            while_away = server.flags()
            database.again()

            wait_until(count(1), seconds=60)
            wait_until(lambda: server.flags() == {1: {"\\Seen"}})

        assert while_away == {1: set()}
        assert ReceivedMail.objects.count() == 1
