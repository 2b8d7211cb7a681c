"""Deciding about replies over REST: taking one back, saying that it arrived, sending it again."""

import pytest
from django.utils import timezone

from apps.coordination.models import Event
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_note, write_reply
from tests.api.client import Caller
from tests.make.engine import drain
from tests.make.smtp import HANG_UP, PostOffice
from tests.make.tickets import person, ticket

pytestmark = pytest.mark.django_db
WAYS = ("withdraw", "confirm-arrival", "send-again")


@pytest.fixture
def office(settings):
    """Have what waits sent by a mail server that does what it is told; returns what it took."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def sending(**script):
        with PostOffice(script) as opened:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
            drain()
        return opened.letters

    return sending


def replied(caller, **more) -> int:
    """A reply that this program wrote."""
    asked = {"kind": "reply", "text": "Soon."} | more
    return caller.post(f"tickets/{ticket().pk}/messages/", asked).json()["id"]


def decide(caller, number, way, data=None, **headers):
    return caller.post(f"messages/{number}/{way}/", data, **headers)


def test_a_reply_that_waits_is_taken_back_by_its_author(caller, office):
    number = replied(caller, hold_seconds=60)

    answers = [decide(caller, number, "withdraw") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["delivery"] == "withdrawn"
    assert office() == []


def test_what_left_or_is_anothers_is_not_taken_back(caller, office):
    number = replied(caller)
    other = Caller("tickets:write")
    theirs = decide(other, number, "withdraw")
    office()

    late = decide(caller, number, "withdraw")

    assert (theirs.status_code, theirs.json()["code"]) == (409, "not_yours")
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    assert late.json()["detail"] == "It is too late to take this reply back: it is sent."


def test_what_is_sent_again_is_not_taken_back(caller, office):
    number = replied(caller)
    office(RCPT="550 no such user")
    again = decide(caller, number, "send-again")

    late = decide(caller, number, "withdraw")

    assert again.json()["delivery"] == "queued"
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    assert len(office()) == 1


def test_of_a_reply_in_doubt_somebody_says_that_it_arrived(caller, office):
    number = replied(caller)
    office(END=HANG_UP)

    answer = decide(caller, number, "confirm-arrival", {"why": "She told us."})
    again = office()

    assert (answer.status_code, answer.json()["delivery"]) == (200, "sent")
    assert again == []
    assert Event.objects.filter(type="DeliveryChanged").latest("pk").why == "She told us."


def test_a_reply_in_doubt_is_sent_again_once_however_often_it_is_asked(caller, office):
    number = replied(caller)
    (first,) = office(END=HANG_UP)

    asked = {"Idempotency_Key": "again-1"}
    answers = [decide(caller, number, "send-again", **asked) for _ in range(2)]
    third = decide(caller, number, "send-again")
    (second,) = office()

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (third.status_code, third.json()["code"]) == (409, "nothing_to_decide")
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert first["Message-ID"] == second["Message-ID"]


def test_a_reply_that_was_refused_is_sent_again_and_never_said_to_have_arrived(caller, office):
    number = replied(caller)
    office(RCPT="550 no such user")

    arrived = decide(caller, number, "confirm-arrival")
    again = decide(caller, number, "send-again")
    office()

    assert (arrived.status_code, arrived.json()["detail"]) == (
        409,
        "There is nothing to decide about this reply: it is failed.",
    )
    assert again.status_code == 200
    assert Message.objects.get(pk=number).delivery == "sent"


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_reply_is_not_there(caller, way):
    made, ada = ticket(), person(username="ada")
    note = write_note(ticket_id=made.pk, text="Hm.", by=ada, key="n", at=timezone.now())

    for number in (note.pk, made.messages.get(kind="incoming").pk, 4711_000_000, 2**70):
        assert decide(caller, number, way).status_code == 404


@pytest.mark.parametrize("way", WAYS)
def test_only_who_may_write_tickets_decides(stranger, way):
    words = {"text": "Soon.", "by": person(username="ada"), "key": "k", "at": timezone.now()}
    written = write_reply(ticket_id=ticket().pk, **words)

    reader = Caller("tickets:read", "mail:write")
    assert decide(reader, written.pk, way).status_code == 403
    assert decide(stranger, written.pk, way).status_code == 401
    assert Message.objects.get(pk=written.pk).delivery == "queued"


@pytest.mark.parametrize("way", ["confirm-arrival", "send-again"])
def test_a_reason_that_is_none_is_refused(caller, way):
    assert decide(caller, replied(caller), way, {"why": "x" * 301}).status_code == 400
