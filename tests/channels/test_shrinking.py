"""Mails go from a folder while it is read: none of those that stay is passed over."""

import pytest
from django.utils import timezone

from apps.channels.adapters import imap as adapter
from apps.channels.models import Mailbox, MailFolder, ReceivedMail
from apps.channels.services import collecting
from apps.channels.services.collecting import collect_batch
from apps.channels.services.connecting import connected
from tests.make.imap import ImapServer
from tests.make.mails import inbox, mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(running, monkeypatch) -> ImapServer:
    """A folder of thirty mails is a large one."""
    monkeypatch.setattr(adapter, "MOST_NUMBERS", 10)
    running.forget("Support")
    running.make("Support")
    running.put(*[mail(f"Number {number}\r\n") for number in range(30)], folder="Support")
    return running


@pytest.fixture
def mailbox(server) -> Mailbox:
    return Mailbox.objects.create(
        inbox=inbox(),
        host="127.0.0.1",
        port=server.port,
        security="plain",
        username=server.user,
        password=server.password,
        folders="Support",
        afterwards="delete",
    )


@pytest.mark.parametrize("gone", [1, 11])
def test_what_goes_after_the_folder_was_opened_hides_nothing(server, mailbox, gone):
    uids = sorted(server.flags("Support"))
    with connected(mailbox=mailbox) as session:
        session.select("Support")
        session.delete(uids[:gone])

        assert session.uids(uids[gone]) == uids[gone:]
        assert session.uids(uids[gone], uids[-1]) == uids[gone:]


def test_all_is_read_after_a_crash_between_storing_and_deleting(server, mailbox, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_AT_ONCE", 5)
    with monkeypatch.context() as crash, connected(mailbox=mailbox) as session:
        crash.setattr(adapter.Session, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            collect_batch(session=session, folder="Support", at=timezone.now())

    with connected(mailbox=mailbox) as session:
        while collect_batch(session=session, folder="Support", at=timezone.now()).more:
            pass

    assert ReceivedMail.objects.count() == 30
    assert server.flags("Support") == {}
    assert MailFolder.objects.get().problem == ""


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("running", ["dovecot"], indirect=True)  # pymap counts by UIDs
def test_of_a_large_folder_only_the_end_is_asked_for(server, mailbox, monkeypatch):
    uids, asked = sorted(server.flags("Support")), []
    with connected(mailbox=mailbox) as session:
        session.select("Support")
        search = session._searched
        monkeypatch.setattr(session, "_searched", lambda said: asked.append(said) or search(said))

        assert session.uids(uids[25]) == uids[25:]

    assert asked == [f"21:* UID {uids[25]}:*", "21"]
