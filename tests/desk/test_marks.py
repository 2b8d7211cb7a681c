"""What a row of the list says of replies that did not arrive, or may not have."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apps.desk.place import Place
from apps.desk.present.rows import fates
from apps.desk.queries.lists import page_of, tickets_at, with_answers
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delivery", "words", "status"),
    [
        ("failed", "Reply not sent", "open"),
        ("in_doubt", "Reply in doubt", "pending"),
        ("sent", None, "pending"),
    ],
)
def test_a_row_says_that_its_last_reply_did_not_arrive(desk, ada, delivery, words, status):
    made = ticket()
    reply = write_reply(ticket_id=made.pk, text="Soon.", by=ada, key="k", at=NOON)
    change_delivery(message_id=reply.pk, delivery=delivery, at=NOON)

    page = desk.get("/", {"status": "any"}).content.decode()

    made.refresh_from_db()
    assert made.status == status
    assert ('class="row-fate' in page, words is None or words in page) == (words is not None, True)


@pytest.mark.parametrize(
    ("later", "words"),
    [
        ("sent", ["Earlier reply in doubt"]),
        ("failed", ["Reply not sent", "Earlier reply in doubt"]),
        ("in_doubt", ["Reply in doubt"]),
        ("withdrawn", ["Reply in doubt"]),
    ],
)
def test_a_row_says_that_an_earlier_reply_is_in_doubt(ada, later, words):
    made = ticket()
    for minute, delivery in enumerate(("in_doubt", later)):
        at = NOON + timedelta(minutes=minute)
        said = {"text": "Soon.", "key": delivery * (minute + 1), "at": at}
        reply = write_reply(ticket_id=made.pk, by=ada, **said)
        change_delivery(message_id=reply.pk, delivery=delivery, at=at)

    (shown,) = page_of(Place(status="any"), ada).tickets

    assert [fate.name for fate in fates(shown)] == words


def test_what_is_in_doubt_is_looked_up_in_an_index_of_its_own(ada):
    ticket()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = with_answers(tickets_at(Place(status="any"), ada))[:50].explain()

    assert "using message_in_doubt" in plan
