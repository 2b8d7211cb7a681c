"""Mail is collected from real IMAP servers: once, in order, and stored before it is touched."""

import pytest
from django.utils import timezone
from imap_tools.utils import encode_folder

from apps.channels.adapters.away import MailboxAway
from apps.channels.adapters.imap import Session
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services import collecting
from apps.channels.services.collecting import Collected, collect_batch
from apps.channels.services.receiving import InboxUnknown
from tests.make.imap import ImapServer
from tests.make.mails import inbox, mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(running) -> ImapServer:
    for folder in ("Support", "Done"):
        running.forget(folder)
        running.make(folder)
    return running


def account(server: ImapServer, **fields) -> Mailbox:
    """A mailbox of the desk on this server."""
    defaults = {"host": "127.0.0.1", "port": server.port, "security": "plain"}
    defaults |= {"username": server.user, "password": server.password}
    return Mailbox.objects.create(inbox=inbox(), **defaults | fields)


def collect(mailbox: Mailbox, folder: str = "Support") -> Collected:
    with Session(mailbox) as session:
        return collect_batch(session=session, folder=folder, at=timezone.now())


def kept() -> list[bytes]:
    return [bytes(each.raw) for each in ReceivedMail.objects.order_by("pk")]


def test_mails_are_stored_byte_by_byte_and_in_order_then_marked_as_seen(server):
    mails = [mail("First\r\n"), mail("Second\r\n") + b"\xff\xfe\r\n", mail("Third\r\n")]
    server.put(*mails, folder="Support")

    collected = collect(account(server))

    assert collected == Collected(stored=3, more=False)
    assert kept() == mails
    assert list(server.flags("Support").values()) == [{"\\Seen"}] * 3


def test_what_was_taken_is_not_taken_again_and_what_came_since_is(server):
    mailbox, first, second = account(server), mail("First\r\n"), mail("Second\r\n")
    server.put(first, folder="Support")
    collect(mailbox)

    idle = collect(mailbox)
    server.put(second, folder="Support")
    collect(mailbox)

    assert idle == Collected(stored=0, more=False)
    assert kept() == [first, second]


def test_mails_somebody_has_read_already_are_taken_too(server):
    server.put(mail("Read on a phone\r\n"), folder="Support", flags="(\\Seen)")

    collected = collect(account(server))

    assert collected.stored == 1


def test_many_mails_are_caught_up_in_batches(server, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_AT_ONCE", 3)
    mails = [mail(f"Number {number}\r\n") for number in range(8)]
    server.put(*mails, folder="Support")
    mailbox = account(server)

    batches = [collect(mailbox) for _ in range(3)]

    assert [(each.stored, each.more) for each in batches] == [(3, True), (3, True), (2, False)]
    assert kept() == mails


def test_large_mails_are_stored_a_few_at_once(server, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_BYTES_AT_ONCE", 1500)
    server.put(*[mail("x" * 1000 + "\r\n") for _ in range(2)], folder="Support")
    mailbox = account(server)

    batches = [collect(mailbox), collect(mailbox)]

    assert [(each.stored, each.more) for each in batches] == [(1, True), (1, False)]


def test_a_mailbox_that_says_so_is_left_as_it_is(server):
    server.put(mail(), folder="Support")

    collect(account(server, afterwards="leave"))

    assert list(server.flags("Support").values()) == [set()]
    assert len(kept()) == 1


def test_stored_mails_are_moved_where_the_mailbox_says(server):
    server.put(mail(), mail(), folder="Support")

    collect(account(server, afterwards="move", move_to="Done"))

    assert (len(server.flags("Support")), len(server.flags("Done"))) == (0, 2)
    assert len(kept()) == 2


def test_stored_mails_alone_are_deleted(server):
    mailbox = account(server, afterwards="leave")
    server.put(mail("Marked by a person\r\n"), folder="Support")
    collect(mailbox)
    [marked] = server.flags("Support")
    server.change(marked, "\\Deleted", folder="Support")
    Mailbox.objects.update(afterwards="delete")
    server.put(mail("New\r\n"), folder="Support")

    collect(Mailbox.objects.get())

    assert server.flags("Support") == {marked: {"\\Deleted"}}


def test_marking_as_seen_removes_nothing_that_a_person_marked(server):
    server.put(mail(), mail(), folder="Support")
    first, second = server.flags("Support")
    server.change(first, "\\Deleted", folder="Support")

    collect(account(server))

    assert server.flags("Support") == {first: {"\\Deleted", "\\Seen"}, second: {"\\Seen"}}


def test_what_a_crash_left_undone_there_is_done_by_the_next_round(server, monkeypatch):
    server.put(mail(), folder="Support")
    mailbox = account(server)

    def crash(*_: object) -> None:
        raise MailboxAway(host="127.0.0.1", port=server.port, cause="the plug was pulled")

    with monkeypatch.context() as patched:
        patched.setattr(Session, "mark_seen", crash)
        with pytest.raises(MailboxAway):
            collect(mailbox)
    before = list(server.flags("Support").values())
    again = collect(mailbox)

    assert (before, list(server.flags("Support").values())) == ([set()], [{"\\Seen"}])
    assert (again.stored, len(kept())) == (0, 1)


def test_a_mail_that_a_person_marks_as_unread_stays_unread(server):
    mailbox = account(server)
    server.put(mail(), folder="Support")
    collect(mailbox)
    [uid] = server.flags("Support")
    server.change(uid, "\\Seen", folder="Support", sign="-")

    collect(mailbox)

    assert server.flags("Support") == {uid: set()}


def test_a_folder_with_new_numbers_is_read_from_its_start(server):
    mailbox, first, second = account(server), mail("First\r\n"), mail("Second\r\n")
    server.put(first, folder="Support")
    collect(mailbox)
    before = MailFolder.objects.get().uid_validity
    server.renew("Support")
    server.put(first, second, folder="Support")

    collect(mailbox)

    assert MailFolder.objects.get().uid_validity != before
    assert kept() == [first, first, second]


def test_a_mail_that_is_too_large_is_set_aside_and_holds_nobody_up(server):
    mailbox = account(server, afterwards="delete")
    mailbox.inbox.most_megabytes = 1
    mailbox.inbox.save()
    large = mail("x" * 1_100_000 + "\r\n", subject="My whole disk")
    server.put(large, mail("Small\r\n"), folder="Support")

    collect(mailbox)

    aside, small = ReceivedMail.objects.order_by("pk")
    assert (aside.outcome, aside.is_partial, small.outcome) == ("quarantined", True, "received")
    assert aside.reason == (
        "The mail is larger than 1 MB, which is the most that is taken in. "
        f"It stays in Support of {server.user} at 127.0.0.1: open it there, "
        "or take it in by manage.py reconcile --again once it can be had."
    )
    assert b"Subject: My whole disk" in bytes(aside.raw)
    assert (aside.sender, aside.subject) == ("ada@example.org", "My whole disk")
    assert len(server.flags("Support")) == 1


def test_nothing_is_touched_there_while_the_inbox_takes_nothing(server):
    mailbox = account(server)
    mailbox.inbox.is_active = False
    mailbox.inbox.save()
    server.put(mail(), folder="Support")

    with pytest.raises(InboxUnknown):
        collect(mailbox)

    assert (kept(), MailFolder.objects.get().last_uid) == ([], 0)
    assert list(server.flags("Support").values()) == [set()]


@pytest.mark.parametrize(
    "name", ["Entwürfe & Rückfragen", "受信箱", 'With "quotes" and \\', "Sales, Europe"]
)
def test_a_folder_may_have_any_name(server, name):
    spelt = f'"{encode_folder(name).decode()[1:-1]}"'
    with server.client() as client:
        client.delete(spelt)
        assert client.create(spelt)[0] == "OK"
        assert client.append(spelt, None, None, mail())[0] == "OK"

    mailbox = account(server, folders=name)

    collected = collect(mailbox, *mailbox.folder_names)

    assert collected.stored == 1
    assert MailFolder.objects.get().name == name
