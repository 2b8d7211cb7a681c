"""The brake on one sender counts when mail came, and all that stands behind its plus."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from apps.channels.models import ReceivedMail
from apps.channels.queries import automatic_mails, recent_from
from apps.core.db import Untagged
from apps.core.text import untagged
from tests.make.mails import arrived, mail, stored

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 11, 3, 12, tzinfo=UTC)
MANY = (
    "INSERT INTO channels_receivedmail (raw, sha256, size, source, is_partial, recipient, spam,"
    " received_at, sender, subject, message_id_header, problems, outcome, reason, decided_at,"
    " attempts, is_insisted) SELECT '', '', 0, 'imap', false, '', '', now(),"
    " 'c' || n || '+x@x.example', '', '', '', 'ignored', '', now(), 1, false"
    " FROM generate_series(1, 20000) n"
)


def collected(came, **headers):
    """A mail of a mailbox that was read today, and came there then."""
    received = f"from x.example by mx.desk.example; {format_datetime(came)}"
    return arrived(mail(received=received, **headers), source="imap", at=TODAY)


def test_mail_that_was_collected_late_is_not_braked_because_of_that():
    came = [TODAY - timedelta(minutes=5 * number) for number in range(1, 60)]

    outcomes = [collected(moment).outcome for moment in reversed(came)]

    assert outcomes == ["ticket"] * 59


@pytest.mark.parametrize("seconds", [range(30), range(30, 0, -1)], ids=["in order", "backwards"])
def test_a_burst_that_was_collected_late_is_braked(seconds):
    outcomes = [collected(TODAY - timedelta(days=1, seconds=each)).outcome for each in seconds]

    assert outcomes == ["ticket"] * 20 + ["quarantined"] * 10
    assert collected(TODAY - timedelta(hours=20)).outcome == "ticket"


@pytest.mark.parametrize(
    "received", ["", "by mx.desk.example", "x; Mon, 02 Nov 2099 09:15:00 +0000"]
)
def test_without_a_moment_that_can_be_a_collected_mail_counts_for_today(received):
    raws = [mail(received=received) for _ in range(21)]

    outcomes = [arrived(raw, source="imap", at=TODAY).outcome for raw in raws]

    assert outcomes == ["ticket"] * 20 + ["quarantined"]
    assert not ReceivedMail.objects.exclude(reached_at=None).exists()


def test_only_of_a_mailbox_the_server_is_ours():
    old = f"x; {format_datetime(TODAY - timedelta(days=1))}"

    arrived(mail(received=old), source="api", at=TODAY)

    assert ReceivedMail.objects.get().reached_at is None


def test_a_machine_that_writes_another_number_behind_its_plus_is_braked():
    senders = [{"from": f"Other <support+id{number}@other.example>"} for number in range(21)]

    outcomes = [arrived(mail(**sender)).outcome for sender in senders]

    assert outcomes == ["ticket"] * 20 + ["quarantined"]
    assert arrived(mail(**{"from": "support@other.example"})).outcome == "quarantined"
    assert arrived(mail(**{"from": "supporter+id1@other.example"})).outcome == "ticket"


@pytest.mark.parametrize(
    "address", ["a@b.example", "a+b@c.example", "a+b+c@d.example", "+@x.example", "a@b+c.example"]
)
def test_the_database_reads_a_plus_as_we_do(address):
    mail_id = stored().pk

    found = ReceivedMail.objects.filter(pk=mail_id).annotate(plain=Untagged(Value(address)))

    assert found.get().plain == untagged(address)


def test_a_sender_is_counted_by_an_index_however_much_came_before():
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE channels_receivedmail")
    one = ReceivedMail.objects.get(pk=stored().pk)

    with CaptureQueriesContext(connection) as asked:
        counted = recent_from(one, "c7+new@x.example"), automatic_mails(one, at=one.received_at)

    assert counted == (0, 0)
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            assert "mail_of_person" in str(cursor.fetchall())
