"""A mailbox that is pointed at another account: what lies there is new, whatever its numbers."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.channels.adapters.imap import Session
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services.collecting import Collected, collect_batch
from apps.channels.services.comparing import Comparison, compare_mailbox
from apps.channels.services.connecting import connected
from apps.channels.services.places import account_of
from tests.make.imap import ImapServer, dovecot
from tests.make.mails import inbox, mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def constant(monkeypatch) -> None:
    """Many servers give every folder the same UIDVALIDITY."""
    really = Session.select

    def select(self: Session, *folder, **how) -> int:
        really(self, *folder, **how)
        return 1

    monkeypatch.setattr(Session, "select", select)


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with dovecot() as server:
        yield server


@pytest.fixture
def mailbox(server) -> Mailbox:
    """Two mails were collected from it."""
    server.put(mail("First\r\n"), mail("Second\r\n"))
    made = Mailbox.objects.create(
        inbox=inbox(),
        host="127.0.0.1",
        port=server.port,
        security="plain",
        username=server.user,
        password=server.password,
    )
    collect()
    return made


def collect() -> Collected:
    with connected(mailbox=Mailbox.objects.get()) as session:
        return collect_batch(session=session, folder="INBOX", at=timezone.now())


def compared() -> Comparison:
    (one,) = compare_mailbox(mailbox=Mailbox.objects.get(), at=timezone.now())
    return one


def test_the_mails_of_another_user_are_taken_from_the_first_one_on(server, mailbox):
    server.user = "sales@desk.example"
    server.put(mail("Third\r\n"), mail("Fourth\r\n"))
    Mailbox.objects.update(username=server.user)

    waiting = compared()
    collect()

    assert (waiting.waiting, waiting.missing) == (2, ())
    kept = [bytes(each.raw).split()[-1] for each in ReceivedMail.objects.order_by("pk")]
    assert kept == [b"First", b"Second", b"Third", b"Fourth"]
    assert compared() == Comparison(folder="INBOX", lying=2, waiting=0, missing=())


def test_the_mails_of_another_server_are_taken_from_the_first_one_on(mailbox):
    with dovecot() as other:
        other.put(mail("Elsewhere\r\n"))
        Mailbox.objects.update(port=other.port)

        collected = collect()

    assert collected == Collected(stored=1, more=False)
    assert ReceivedMail.objects.count() == 3


def test_another_spelling_of_the_host_changes_nothing(mailbox):
    Mailbox.objects.update(host="localhost")
    collect()
    before = ReceivedMail.objects.count()
    Mailbox.objects.update(host="LocalHost")

    collected = collect()

    assert (collected.stored, ReceivedMail.objects.count()) == (0, before)


def test_places_and_origins_from_before_accounts_were_known_still_count(mailbox):
    MailFolder.objects.update(account="")

    found, collected = compared(), collect()

    assert (found.waiting, found.missing, collected.stored) == (0, (), 0)
    first = ReceivedMail.objects.earliest("pk")
    assert first.origin == f"imap:{mailbox.pk}:INBOX:1:1"
    assert MailFolder.objects.get().account == account_of(mailbox)
