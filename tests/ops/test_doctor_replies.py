"""The doctor on replies that reached nobody while their customers wait."""

import pytest
from django.utils import timezone

from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from tests.make.doctor import findings, healthy_desk
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def desk():
    healthy_desk()


def answered(asked, delivery: str):
    count = asked.messages.count()
    words = {"text": "Soon.", "by": person(), "key": f"{asked.pk}-{count}"}
    reply = write_reply(ticket_id=asked.pk, at=timezone.now(), **words)
    change_delivery(message_id=reply.pk, delivery=delivery, at=timezone.now())


def lost(findings_):
    return [each for each in findings_ if each.name == "replies_lost"]


def test_replies_that_failed_are_counted_while_their_tickets_are_open():
    first, second, over = ticket(), ticket(), ticket()
    for each in (first, second, over):
        answered(each, "failed")
    change_status(ticket_id=over.pk, status="closed", at=timezone.now())

    (found,) = lost(findings())

    assert found.wrong == (
        "2 open tickets wait with a last reply that was not sent or came back, "
        f"ticket {first.pk} first."
    )
    assert not found.urgent


def test_a_ticket_that_was_answered_since_is_no_longer_counted():
    asked = ticket()
    answered(asked, "failed")
    answered(asked, "sent")

    assert lost(findings()) == []
