"""The brake on one sender counts when mail came, not when it was collected."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from apps.channels.models import ReceivedMail
from tests.make.mails import arrived, mail

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 11, 3, 12, tzinfo=UTC)


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
