"""The doctor on replies that reached nobody while their customers wait."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.delivering import change_delivery
from tests.make.doctor import findings, healthy_desk
from tests.make.engine import drain
from tests.make.passing import time_passes
from tests.make.smtp import PostOffice
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


def test_a_mail_server_that_lets_the_desk_no_longer_in_is_named_with_its_words(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "hunter22"
    words = {"text": "Soon.", "by": person(), "key": "k1"}
    write_reply(ticket_id=ticket().pk, at=timezone.now(), **words)

    no = {"EHLO": "250-office\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 bad credentials"}
    with PostOffice(no) as office:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        for _ in range(20):
            drain()
            time_passes(timedelta(hours=2))

    (found,) = [each for each in findings() if each.name == "breaker_open"]
    assert found.urgent
    assert "“smtp” is left alone" in found.wrong
    assert found.wrong.endswith(
        "the user and the password of EMAIL_URL: 535 5.7.8 bad credentials."
    )
