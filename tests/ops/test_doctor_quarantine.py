"""The doctor on quarantine: a mail that waits for a day, or many within one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.make.doctor import findings, healthy_desk, only_finding
from tests.make.held import held
from tests.make.mails import inbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def desk():
    healthy_desk()
    inbox()


def test_a_few_mails_of_today_are_nobodys_emergency():
    held(19)

    assert findings() == []


def test_a_mail_that_waits_for_days_is_a_customer_without_an_answer():
    (oldest,) = held(at=timezone.now() - timedelta(days=3))
    held(2)

    found = only_finding("quarantine_waits")

    assert found.wrong == (
        f"3 mails lie in quarantine, 2 of them since yesterday; mail {oldest.pk} waits for 3 days."
    )
    assert found.cure.endswith("/admin/channels/receivedmail/quarantine/.")
    assert found.urgent


def test_twenty_within_a_day_are_no_accident():
    first = held(20, at=timezone.now() - timedelta(hours=5))[0]

    found = only_finding("quarantine_grows")

    assert found.wrong == (
        f"20 mails lie in quarantine, 20 of them since yesterday; mail {first.pk} waits for 5 h."
    )
