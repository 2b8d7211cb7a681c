"""The sums of mails: what they read of a large table, and what a day is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apps.channels.queries.sums import mail_sums, total_of
from tests.make.mails import arrived, inbox, mail, stored

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
MANY = """
    INSERT INTO channels_receivedmail (raw, sha256, size, source, is_partial, recipient, spam,
        received_at, sender, subject, message_id_header, problems, outcome, reason, decided_at,
        attempts, is_insisted)
    SELECT '', '', 0, 'imap', false, '', '', %s::timestamptz - n * interval '15 minutes', '', '',
        '', '', 'ignored', 'bounce', now(), 1, false FROM generate_series(1, 3000) n"""


def test_only_what_lies_between_two_moments_is_summed():
    for days in range(4):
        stored(at=DAY + timedelta(days=days))

    sums = mail_sums(since=DAY + timedelta(days=1), before=DAY + timedelta(days=3))

    assert [(one.day.day, one.received) for one in sums] == [(3, 1), (4, 1)]


def test_a_total_counts_each_outcome_and_hides_no_lack():
    shop = inbox("shop@desk.example")
    arrived(mail(precedence="bulk"), at=DAY)
    arrived(at=DAY)
    stored(at=DAY)

    whole = total_of(mail_sums())

    assert (whole.received, whole.missing, whole.agrees) == (3, 0, True)
    assert whole.outcomes["ticket"] == whole.outcomes["ignored"] == 1
    assert whole.outcomes["received"] == 1
    assert {one.inbox_id for one in mail_sums()} == {shop.pk, None}


def test_a_month_is_read_by_the_index_of_time_however_much_came_before(
    django_assert_num_queries,
):
    with connection.cursor() as cursor:
        cursor.execute(MANY, [DAY])
        cursor.execute("ANALYZE channels_receivedmail")

    with django_assert_num_queries(1) as asked:
        sums = mail_sums(since=DAY - timedelta(days=1))

    assert sum(one.received for one in sums) == 4 * 24
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "mail_by_day" in plan
