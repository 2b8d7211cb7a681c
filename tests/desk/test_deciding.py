"""Replies on their way: what is told of each state, and what people decide."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.coordination.models import Run
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from tests.desk.conftest import part
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)


def held(made, by, **fields) -> Message:
    """A reply that waits to leave."""
    new = {"text": "Soon.", "key": "held", "hold_seconds": 15, "at": timezone.now()} | fields
    return write_reply(ticket_id=made.pk, by=by, **new)


def page_of(desk, made) -> str:
    return desk.get(f"/tickets/{made.pk}/").content.decode()


def test_too_late_is_told_on_the_message_and_nothing_changes(desk, ada):
    made = ticket()
    reply = held(made, ada)
    change_delivery(message_id=reply.pk, delivery="sending", at=NOON)

    answer = desk.post(f"/tickets/{made.pk}/messages/{reply.pk}/undo/")

    assert answer.status_code == 409
    assert "It is too late to take this reply back: it is sending." in answer.content.decode()
    reply.refresh_from_db()
    assert reply.delivery == "sending"


def test_too_late_leaves_the_composer_of_a_script_alone(desk, ada):
    made = ticket()
    reply = held(made, ada)
    change_delivery(message_id=reply.pk, delivery="sent", at=NOON)

    url = f"/tickets/{made.pk}/messages/{reply.pk}/undo/"
    answer = desk.post(url, headers=part("section#pane"))

    page = answer.content.decode()
    assert (answer.status_code, answer["HX-Reswap"]) == (409, "none")
    assert 'class="composer-text"' not in page
    assert "It is too late to take this reply back: it is sent." in page


def test_only_its_author_is_offered_to_take_a_reply_back(desk):
    made = ticket()
    reply = held(made, person(first_name="Bo"))

    page = page_of(desk, made)
    answer = desk.post(f"/tickets/{made.pk}/messages/{reply.pk}/undo/")

    assert "Leaves in 15 s" in page
    assert "/undo/" not in page
    assert answer.status_code == 409
    assert "Only who wrote a reply can take it back." in answer.content.decode()


def test_in_doubt_offers_both_ways_out_and_warns_of_the_second_copy(desk, ada):
    made = ticket(customer=customer("mo@home.example"))
    reply = held(made, ada)
    change_delivery(message_id=reply.pk, delivery="sending", at=NOON)
    change_delivery(message_id=reply.pk, delivery="in_doubt", error="timed out", at=NOON)

    page = page_of(desk, made)

    assert "Nobody knows whether it arrived." in page
    assert "timed out" in page
    assert "If the first one did arrive, mo@home.example may get a second copy." in page
    assert f"/messages/{reply.pk}/arrived/" in page
    assert f"/messages/{reply.pk}/again/" in page


def test_it_arrived_settles_the_doubt(desk, ada):
    made = ticket()
    reply = held(made, ada)
    change_delivery(message_id=reply.pk, delivery="in_doubt", at=NOON)
    Run.objects.all().delete()  # as retention removes what is over

    answer = desk.post(f"/tickets/{made.pk}/messages/{reply.pk}/arrived/")

    reply.refresh_from_db()
    assert answer.status_code == 302
    assert reply.delivery == "sent"


def test_a_failed_reply_tells_the_servers_words_and_can_be_sent_again(desk, ada):
    made = ticket()
    reply = held(made, ada)
    change_delivery(message_id=reply.pk, delivery="failed", error="550 <no> such box", at=NOON)
    Run.objects.all().delete()

    page = page_of(desk, made)
    answer = desk.post(
        f"/tickets/{made.pk}/messages/{reply.pk}/again/", headers=part("article.ticket")
    )

    assert "550 &lt;no&gt; such box" in page
    assert f"/messages/{reply.pk}/arrived/" not in page
    assert answer.status_code == 200
    reply.refresh_from_db()
    assert reply.delivery == "queued"


def test_what_was_decided_meanwhile_is_told(desk, ada):
    made = ticket()
    reply = held(made, ada)
    change_delivery(message_id=reply.pk, delivery="sent", at=NOON)

    answer = desk.post(
        f"/tickets/{made.pk}/messages/{reply.pk}/again/", headers=part("article.ticket")
    )

    assert answer.status_code == 409
    assert "There is nothing to decide about this reply: it is sent." in answer.content.decode()


@pytest.mark.parametrize(
    ("delivery", "error", "told"),
    [
        ("bounced", "550 5.1.1 unknown user", "It came back: mo@home.example did not get it."),
        ("sent", "kim@work.example: 550 no", "It was sent, but not to everybody."),
    ],
)
def test_what_did_not_arrive_says_whom_and_why(desk, ada, delivery, error, told):
    made = ticket(customer=customer("mo@home.example"))
    reply = held(made, ada)
    change_delivery(message_id=reply.pk, delivery="sending", at=NOON)
    change_delivery(message_id=reply.pk, delivery=delivery, error=error, at=NOON)

    page = page_of(desk, made)

    assert told in page
    assert error in page
    assert "/again/" not in page


def test_a_message_of_another_ticket_is_not_decided_here(desk, ada):
    made, other = ticket(), ticket()
    reply = held(made, ada)

    answers = [
        desk.post(f"/tickets/{other.pk}/messages/{reply.pk}/{act}/")
        for act in ("undo", "arrived", "again")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    reply.refresh_from_db()
    assert reply.delivery == "queued"
