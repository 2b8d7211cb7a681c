"""However a server goes wrong at some mails or in one folder, all the others are read."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.channels.management.collector import Reader
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services import taking
from apps.channels.services.comparing import compare_mailbox
from apps.channels.services.connecting import connected
from apps.core.errors import DomainError
from tests.make import imap
from tests.make.imap import ImapServer
from tests.make.mails import inbox, mail
from tests.make.misbehaving import MisbehavingLine
from tests.make.refusing import BAD, HANG_UP, NO, SILENCE, YES
from tests.make.rewording import RewordingLine

pytestmark = pytest.mark.django_db
PLACES = [(1, 5, 10), (1, 2)]
SILENT = pytest.param(SILENCE, marks=pytest.mark.stack)
"""Each answer is waited for until time is up."""


@pytest.fixture(scope="module")
def running() -> Iterator[ImapServer]:
    with imap.dovecot() as server:
        yield server


@pytest.fixture
def server(running, monkeypatch) -> ImapServer:
    monkeypatch.setattr(taking, "PATIENCE", 1)
    monkeypatch.setattr(taking, "PATIENCE_WITH_LINES", 1)
    for folder in ("First", "Second", "Third"):
        running.forget(folder)
        running.make(folder)
    return running


@pytest.fixture
def line(server) -> Iterator[MisbehavingLine]:
    with MisbehavingLine("127.0.0.1", server.port) as line:
        yield line


@pytest.fixture
def words(line) -> Iterator[RewordingLine]:
    with RewordingLine("127.0.0.1", line.port) as words:
        yield words


@pytest.fixture
def mailbox(server, words) -> Mailbox:
    return Mailbox.objects.create(
        inbox=inbox(),
        host="127.0.0.1",
        port=words.port,
        security="plain",
        username=server.user,
        password=server.password,
        folders="First",
    )


@pytest.fixture
def mails(server) -> list[bytes]:
    """Ten mails in the first folder, with the numbers 1 to 10."""
    mails = [mail(f"Number {number}\r\n") for number in range(10)]
    server.put(*mails, folder="First")
    return mails


def rounds(mailbox: Mailbox, most: int) -> None:
    """As many rounds as the collector goes at most."""
    reader = Reader(mailbox.pk, {}, timezone.now)
    for _ in range(most):
        try:
            with connected(mailbox=mailbox, timeout=1.0) as session:
                reader.empty(session, mailbox.folder_names)
        except DomainError as error:
            reader.tell(mailbox, error)


def whole() -> list[bytes]:
    rows = ReceivedMail.objects.filter(is_partial=False).order_by("pk")
    return [bytes(row.raw) for row in rows]


def without(mails: list[bytes], *uids: int) -> list[bytes]:
    return [raw for uid, raw in enumerate(mails, 1) if uid not in uids]


def unsaid(uids: list[int]) -> list[int]:
    """Those of the mails that lie neither in quarantine nor before a position that says why."""
    place = MailFolder.objects.get(name="First")
    aside = ReceivedMail.objects.filter(is_partial=True, outcome="quarantined").exclude(reason="")
    named = {int(row.origin.rpartition(":")[2]) for row in aside}
    waits = place.last_uid if place.problem else max(uids)
    return [uid for uid in uids if uid not in named and uid <= waits]


@pytest.mark.parametrize("bad", PLACES)
@pytest.mark.parametrize("word", ["BODY", "FETCH"])
@pytest.mark.parametrize("answer", [NO, BAD, YES, HANG_UP, SILENT])
def test_bad_mails_hold_up_the_good_ones_for_one_round_each_and_are_told(
    mailbox, line, mails, bad, word, answer
):
    """One round is what this file is patient for."""
    line.mails = dict.fromkeys(bad, (word, answer))

    rounds(mailbox, len(bad) + 1)

    assert whole() == without(mails, *bad)
    assert unsaid(bad) == []
    line.mails.clear()
    rounds(mailbox, 1)
    compare_mailbox(mailbox=mailbox, again=True, at=timezone.now())
    assert sorted(whole()) == sorted(mails)


@pytest.mark.parametrize("answer", [NO, BAD, YES, HANG_UP, SILENT])
def test_mails_whose_size_is_not_told_are_read_all_the_same(mailbox, line, mails, answer):
    line.mails = dict.fromkeys((1, 2, 5, 10), ("SIZE", answer))

    rounds(mailbox, 1)

    assert whole() == mails


def test_sizes_that_are_none_hold_up_nothing(mailbox, words, mails):
    sizes = [b"NIL", b"-1", b"0", b"9" * 25, b"9" * 5000, b"\xff"]
    for uid, size in enumerate(sizes, 1):
        words.words[rb"(UID %d RFC822.SIZE )\d+" % uid] = rb"\g<1>" + size

    rounds(mailbox, 1)

    assert whole() == mails


def test_mails_that_are_said_to_be_huge_are_told(mailbox, words, mails):
    words.words[rb"(UID (?:1|5|10) RFC822.SIZE )\d+"] = rb"\g<1>" + b"9" * 12

    rounds(mailbox, 1)

    assert whole() == without(mails, 1, 5, 10)
    assert unsaid([1, 5, 10]) == []


@pytest.mark.parametrize("size", [b"9" * 12, b"9" * 25, b"9" * 5000])
def test_a_mail_announced_with_more_bytes_than_there_are_is_told(mailbox, words, mails, size):
    words.words[rb"(UID 1 BODY\[\S+ )\{\d+\}"] = rb"\g<1>{" + size + b"}"

    rounds(mailbox, 2)

    assert whole() == without(mails, 1)
    assert unsaid([1]) == []


@pytest.mark.parametrize("answer", [NO, BAD, HANG_UP, SILENT])
@pytest.mark.parametrize("word", ["SELECT", "SEARCH", "FETCH", "STORE"])
def test_a_folder_that_goes_wrong_holds_up_no_other(server, mailbox, line, word, answer):
    names, bad = ["First", "Second", "Third"], "Third"
    mailbox.folders = "\n".join(names)
    for name in names:
        server.put(mail(f"In {name}\r\n"), folder=name)
    line.folders[bad] = (word, answer)

    rounds(mailbox, 2)

    places = {place.name: place for place in MailFolder.objects.all()}
    assert [name for name in names if places[name].problem] == [bad]
    assert places[bad].failures == 2
    expected = 3 if word == "STORE" else 2
    assert len(whole()) == expected
    line.folders.clear()
    rounds(mailbox, 1)
    assert len(whole()) == 3
    assert not MailFolder.objects.exclude(problem="").exists()
