"""The doctor on mail: mailboxes nobody reads, doors that are shut, mails that wait."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels.models import Inbox, Mailbox, MailFolder
from apps.coordination.models import Heartbeat
from apps.ops.doctor.types import Finding
from supportcoord.environment import Place
from tests.make.doctor import ago, findings, healthy_desk, only_finding
from tests.make.mails import inbox, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def desk():
    healthy_desk()


def beat(kind: str, *, seconds_ago: float) -> None:
    made = Heartbeat.objects.create(process=f"{kind}:here:1", kind=kind)
    Heartbeat.objects.filter(pk=made.pk).update(at=ago(seconds_ago))


def mailbox(**fields) -> Mailbox:
    """A mailbox of the default inbox, which a collector reads."""
    beat("collector", seconds_ago=1)
    Inbox.objects.filter(pk=inbox().pk).update(is_default=True)
    facts = {"inbox": Inbox.objects.get(), "host": "imap.desk.example", "username": "help"}
    return Mailbox.objects.create(password="long-word-17", **facts | fields)


def test_a_mailbox_that_is_read_is_well():
    MailFolder.objects.create(mailbox=mailbox(), name="INBOX", read_at=ago(30))

    assert findings() == []


def test_a_mailbox_that_fails_is_named_with_since_when_and_why():
    MailFolder.objects.create(
        mailbox=mailbox(),
        name="INBOX",
        read_at=ago(3 * 3600),
        failures=41,
        problem="imap.desk.example does not let help in: no.",
    )

    found = only_finding("mailbox_fails")

    assert found.wrong == (
        "INBOX of help at imap.desk.example was read 3 h ago, and failed 41 times since: "
        "imap.desk.example does not let help in: no."
    )
    assert found.urgent


def test_a_hiccup_heals_by_itself():
    MailFolder.objects.create(
        mailbox=mailbox(), name="INBOX", read_at=ago(50), failures=1, problem="It says nothing."
    )

    assert not only_finding("mailbox_fails").urgent


def test_a_folder_that_is_not_read_any_more_and_a_mailbox_switched_off_say_nothing():
    read = mailbox(folders="INBOX\nSupport")
    MailFolder.objects.create(mailbox=read, name="Old", problem="Gone.")
    off = mailbox_off(read)
    MailFolder.objects.create(mailbox=off, name="INBOX", problem="Gone.")

    assert findings() == []


def test_a_folder_with_a_comma_is_told_of(client):
    read = mailbox(folders=" INBOX \r\nSales, Europe\n")
    for name in ("INBOX", "Sales, Europe", "Sales"):
        MailFolder.objects.create(mailbox=read, name=name, problem="No.", failures=3)

    told = [finding.wrong for finding in findings()]

    assert len(told) == 2
    assert any(f"Sales, Europe of {read} " in wrong for wrong in told)


def mailbox_off(beside: Mailbox) -> Mailbox:
    return Mailbox.objects.create(
        inbox=beside.inbox, host=beside.host, username="other", is_active=False
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "No collector was ever started: mail waits in its mailboxes."),
        (200, "No collector has been there for 3 min: mail waits in its mailboxes."),
    ],
)
def test_mailboxes_that_nobody_reads(seconds, said, client):
    mailbox()
    Heartbeat.objects.filter(kind="collector").delete()
    if seconds:
        beat("collector", seconds_ago=seconds)

    assert only_finding("no_collector").wrong == said

    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["parts"]["mail"] == (
        "ok here, but no collector runs: mail waits in its mailboxes"
    )


def test_mails_that_are_in_a_mailbox_and_not_here():
    MailFolder.objects.create(
        mailbox=mailbox(), name="INBOX", read_at=ago(9), missing=2, missing_uids=[7, 9]
    )

    assert only_finding("mail_missing") == Finding(
        name="mail_missing",
        wrong="2 mails in INBOX of help at imap.desk.example, UID 7 first, should be here and "
        "cannot be found.",
        cure="Run `manage.py reconcile --again`, which takes them in.",
    )


def test_a_door_for_mail_servers_that_is_shut(settings):
    settings.LMTP_LISTEN = Place(host="127.0.0.1", port=2424)

    assert only_finding("no_lmtp").cure == (
        "Start `manage.py serve lmtp`, or take the setting away."
    )

    beat("lmtp", seconds_ago=10)
    assert findings() == []


def test_mails_without_an_outcome():
    mailbox()
    first, _ = (
        stored(b"x", at=timezone.now() - timedelta(seconds=seconds)) for seconds in (900, 20)
    )

    found = [each for each in findings() if each.name == "mail_undecided"]

    assert [each.wrong for each in found] == [
        f"2 mails, mail {first.pk} first, waited up to 15 min for an outcome."
    ]


def test_inboxes_of_which_none_is_the_default_one():
    inbox()
    Inbox.objects.update(is_default=False)

    assert not only_finding("no_default_inbox").urgent


def test_a_mailbox_that_fails_leaves_the_door_open(client):
    MailFolder.objects.create(mailbox=mailbox(), name="INBOX", problem="It says nothing.")

    ready = client.get("/readyz")

    assert ready.status_code == 200
    assert ready.json()["parts"]["mail"] == (
        "ok here, but mailboxes fail (1): manage.py doctor says why"
    )
