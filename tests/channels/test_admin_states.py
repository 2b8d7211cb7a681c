"""How an inbox and its mailboxes stand is said on their page, with what to do about it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels.models import MailFolder
from apps.coordination.models import Heartbeat
from apps.coordination.services.sweeping import beat
from tests.channels.test_admin_inboxes import account, page_of, text_of
from tests.make.held import held
from tests.make.mails import inbox

pytestmark = pytest.mark.django_db


def test_how_it_stands_is_said_above_and_beside_each_folder(admin_client):
    box, now = inbox(), timezone.now()
    row = account(box, folders="INBOX\nOrders\nNew")
    held(inbox=box)
    known = {"mailbox": row, "read_at": now}
    MailFolder.objects.create(name="INBOX", last_uid=1204, **known)
    MailFolder.objects.create(
        name="Orders", problem="There is no folder Orders; there are: INBOX.", failures=3, **known
    )

    text = text_of(admin_client.get(page_of(box)))

    for sentence in (
        "1 in quarantine",
        "Read up to mail 1,204.",
        "There is no folder Orders; there are: INBOX. It failed 3 times in a row.",
        "Not read yet, for nothing collects mail: start manage.py collect_mail.",
        "in trouble",
    ):
        assert sentence in text


def test_a_mailbox_that_nobody_reads_any_more_asks_for_the_collector(admin_client):
    box = inbox()
    long_ago = timezone.now() - timedelta(hours=2)
    MailFolder.objects.create(mailbox=account(box), name="INBOX", read_at=long_ago, last_uid=1)

    assert "is the collector running" in text_of(admin_client.get(page_of(box)))


def test_a_mailbox_that_is_new_is_said_to_be_tried_soon_while_the_collector_lives(admin_client):
    box = inbox()
    account(box)
    beat(kind="collector")

    assert "Not read yet. It will be tried within seconds." in text_of(
        admin_client.get(page_of(box))
    )

    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert "Not read yet, for nothing collects mail" in text_of(admin_client.get(page_of(box)))


def test_an_inbox_that_gets_no_mail_says_how_it_would(admin_client):
    text = text_of(admin_client.get(page_of(inbox(is_default=False))))

    assert "No mail has come yet, and none is fetched: add a mailbox below" in text
    assert "No inbox is the default one" in text
