"""A server that hands over mails, and neither moves, marks nor deletes any: they are here."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.channels.adapters.away import MailboxAway
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services import tidying
from apps.channels.services.collecting import collect_batch
from apps.channels.services.comparing import compare_mailbox
from apps.channels.services.connecting import connected
from tests.make import imap
from tests.make.imap import ImapServer, dovecot
from tests.make.mails import inbox, mail
from tests.make.refusing import HANG_UP, NO, SILENCE, RefusingLine

pytestmark = pytest.mark.django_db
WITHOUT_MOVE = "\nimap_capability = IMAP4rev1 UIDPLUS\n"


@pytest.fixture(params=["pymap", "dovecot"])
def server(request) -> Iterator[ImapServer]:
    with getattr(imap, request.param)() as server:
        yield server


def account(server: ImapServer, **fields) -> Mailbox:
    defaults = {"host": "127.0.0.1", "port": server.port, "security": "plain"}
    defaults |= {"username": server.user, "password": server.password}
    return Mailbox.objects.create(inbox=inbox(), **defaults | fields)


def collect(mailbox: Mailbox, timeout: float = 30.0) -> int:
    with connected(mailbox=mailbox, timeout=timeout) as session:
        return collect_batch(session=session, folder="INBOX", at=timezone.now()).stored


def test_mails_are_read_on_while_the_folder_they_should_move_to_is_gone(server):
    mailbox = account(server, afterwards="move", move_to="Gone")
    server.put(mail())
    first = collect(mailbox)
    server.put(mail())
    second = collect(mailbox)

    place = MailFolder.objects.get()
    assert (first, second, ReceivedMail.objects.count()) == (1, 1, 2)
    assert place.problem.startswith("The mails cannot be moved to Gone: ")
    assert (place.settled_uid, place.failures, place.read_at is None) == (0, 2, False)

    server.make("Gone")
    collect(mailbox)

    place.refresh_from_db()
    assert (len(server.flags()), len(server.flags("Gone"))) == (0, 2)
    assert (place.problem, place.settled_uid) == ("", place.last_uid)


@pytest.mark.parametrize(
    ("afterwards", "command", "done"),
    [("seen", "UID STORE", "marked as seen"), ("delete", "UID STORE", "deleted")],
)
def test_a_server_that_marks_nothing_is_read_on(server, afterwards, command, done):
    with RefusingLine("127.0.0.1", server.port) as line:
        line.answers[command] = NO
        mailbox = account(server, port=line.port, afterwards=afterwards)
        server.put(mail())

        assert [collect(mailbox), collect(mailbox)] == [1, 0]

    assert MailFolder.objects.get().problem == (
        f"The mails cannot be {done}: [UNAVAILABLE] The disk is away for a while. "
        "Put it right there or in the mailbox here."
    )


def test_a_folder_that_can_only_be_read_is_read():
    with dovecot() as server:
        server.put(mail())
        maildir = server.ca.parent / "mail" / server.user
        for folder in (maildir, maildir / "cur", maildir / "new"):
            folder.chmod(0o555)
        mailbox = account(server)

        assert [collect(mailbox), collect(mailbox)] == [1, 0]
        (compared,) = compare_mailbox(mailbox=mailbox, again=True, at=timezone.now())

    assert (compared.lying, compared.missing) == (1, ())
    assert MailFolder.objects.get().problem == (
        "The mails cannot be marked as seen: INBOX can only be read. "
        "Put it right there or in the mailbox here."
    )


def test_a_line_that_breaks_meanwhile_is_told_as_one(server):
    with RefusingLine("127.0.0.1", server.port) as line:
        mailbox = account(server, port=line.port)
        server.put(mail())
        line.answers["UID STORE"] = HANG_UP

        with pytest.raises(MailboxAway):
            collect(mailbox)

    assert ReceivedMail.objects.count() == 1


class SlowLine(RefusingLine):
    """In front of a server that is not done in time with many mails at once."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.asked: list[int] = []

    def answer_to(self, said: str) -> str:
        if " UID COPY " in said and not self.answers:
            runs = [run.split(":") for run in said.split()[3].split(",")]
            self.asked.append(sum(int(run[-1]) - int(run[0]) + 1 for run in runs))
            return SILENCE if self.asked[-1] > tidying.MOST_AT_ONCE else ""
        return super().answer_to(said)


@pytest.fixture
def backlog(monkeypatch) -> Iterator[tuple[ImapServer, SlowLine, Mailbox]]:
    """Twenty mails that are here, and could not be moved on a server without MOVE."""
    monkeypatch.setattr(tidying, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(tidying, "MOST_PIECES", 2)
    with dovecot(more=WITHOUT_MOVE) as server, SlowLine("127.0.0.1", server.port) as line:
        mailbox = account(server, port=line.port, afterwards="move", move_to="There")
        server.make("There")
        server.put(*[mail(f"Number {number}\r\n") for number in range(20)])
        line.answers["UID COPY"] = NO
        collect(mailbox)
        line.answers.clear()
        yield server, line, mailbox


def test_a_backlog_is_moved_piece_by_piece_and_holds_up_no_reading(backlog):
    server, line, mailbox = backlog
    stored = []

    for number in range(4):
        server.put(mail(f"New {number}\r\n"))
        stored.append(collect(mailbox, timeout=1.0))

    assert stored == [1, 1, 1, 1]
    assert line.asked == [3] * 8
    assert (len(server.flags()), len(server.flags("There"))) == (0, 24)
    place = MailFolder.objects.get()
    assert (place.problem, place.settled_uid) == ("", place.last_uid)


def test_what_was_moved_of_a_backlog_is_not_moved_again(backlog):
    server, line, mailbox = backlog
    collect(mailbox, timeout=1.0)
    line.answers["UID COPY"] = HANG_UP
    server.put(mail("New\r\n"))
    with pytest.raises(MailboxAway):
        collect(mailbox, timeout=1.0)
    line.answers.clear()

    while collect_more(mailbox):
        pass

    assert ReceivedMail.objects.count() == 21
    assert (len(server.flags()), len(server.flags("There"))) == (0, 21)
    assert line.asked == [3] * 7


def collect_more(mailbox: Mailbox) -> bool:
    with connected(mailbox=mailbox, timeout=1.0) as session:
        return collect_batch(session=session, folder="INBOX", at=timezone.now()).more
