"""What a real mail server does to a reply, and what people see: no doubt sends a second copy."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels.services.sending import COPIES_AWAITED, send_reply
from apps.coordination.models import Run, Step
from apps.tickets.checking import compared
from apps.tickets.models import Message, Ticket
from apps.tickets.services.conversing import write_reply
from tests.make.engine import drain
from tests.make.mail_server import HANG_UP, STALL, MailServer
from tests.make.passing import time_passes
from tests.make.tickets import customer, person, ticket

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """A conversation ends after three seconds instead of a minute."""
    assert send_reply.timeout == 60.0
    monkeypatch.setitem(vars(send_reply), "timeout", 3.0)


@pytest.fixture
def reply():
    asked = ticket(customer=customer("ada@home.example"))
    words = {"text": "Soon.", "by": person(), "key": "k1", "cc": ["boss@home.example"]}
    return write_reply(ticket_id=asked.pk, at=timezone.now(), **words)


@pytest.fixture
def meet(settings):
    """Let everything that is due be done while this server is there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def meeting(server):
        with server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            drain()
        return server

    return meeting


def seen(message):
    message = Message.objects.get(pk=message.pk)
    return message.delivery, message.delivery_error


def state():
    return Run.objects.get(flow="send reply").state


def test_a_yes_is_sent(reply, meet):
    server = meet(MailServer())

    assert seen(reply) == ("sent", "")
    assert server.taken[0][0] == ["ada@home.example", "boss@home.example"]
    assert server.letters[0]["Message-ID"] == Message.objects.get(pk=reply.pk).message_id_header


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA", "END"])
def test_a_final_no_at_any_word_is_told_at_once(reply, meet, word):
    server = meet(MailServer({word: "554 5.7.1 Not from you"}))

    delivery, error = seen(reply)
    assert (delivery, state(), server.taken) == ("failed", "done", [])
    assert "554 5.7.1 Not from you" in error


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA", "END"])
def test_a_no_for_now_at_any_word_is_tried_again_and_then_sent_once(reply, meet, word):
    first = meet(MailServer({word: "451 4.7.1 Greylisted"}))
    waits = (seen(reply)[0], state(), first.taken)

    time_passes(DAY)
    second = meet(MailServer())

    assert waits == ("sending", "ready", [])
    assert (seen(reply), len(second.taken)) == (("sent", ""), 1)


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("way", [HANG_UP, STALL])
def test_a_silence_before_the_content_is_tried_again(reply, meet, word, way):
    meet(MailServer({word: way}))
    waits = (seen(reply)[0], state())

    time_passes(DAY)
    second = meet(MailServer())

    assert waits == ("sending", "ready")
    assert (seen(reply), len(second.taken)) == (("sent", ""), 1)


@pytest.mark.parametrize("way", [HANG_UP, STALL])
def test_a_silence_after_the_content_is_in_doubt_and_stays_so(reply, meet, way):
    first = meet(MailServer({"END": way}))
    doubt = seen(reply)

    time_passes(DAY)
    second = meet(MailServer())

    assert doubt[0] == "in_doubt"
    assert (seen(reply), state()) == (doubt, "in_doubt")
    assert (len(first.taken), second.taken) == (1, [])


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (HANG_UP, "The mail server hung up after the text was handed over."),
        (STALL, "The text was handed over, and then: "),
    ],
)
def test_a_doubt_is_told_once_and_in_words(reply, meet, way, words):
    meet(MailServer({"END": way}))

    told = seen(reply)[1]

    assert told.startswith(words)
    assert "OutcomeUnknown" not in told + Run.objects.get(flow="send reply").error


def test_who_was_refused_among_several_stands_on_what_was_sent(reply, meet):
    server = meet(MailServer(refused={"boss@home.example": "550 5.1.1 No such user"}))

    assert seen(reply) == (
        "sent",
        "It did not go to boss@home.example: 550 5.1.1 No such user",
    )
    assert server.taken[0][0] == ["ada@home.example"]


def test_a_reply_whose_copies_alone_were_taken_has_bounced(reply, meet):
    no = {"ada@home.example": "550 5.1.1 No such user"}
    server = meet(MailServer(refused=no))

    said = "It did not reach ada@home.example: 550 5.1.1 No such user"
    assert (seen(reply), state()) == (("bounced", said), "done")
    assert Ticket.objects.get().status == "open"
    assert server.taken[0][0] == ["boss@home.example"]
    assert compared([reply.ticket_id]) == {}


@pytest.mark.parametrize("who", ["ada@home.example", "boss@home.example"])
def test_nothing_leaves_while_somebody_is_taken_later_and_then_all_get_it_once(reply, meet, who):
    first = meet(MailServer(refused={who: "451 4.7.1 Greylisted"}))
    waits = (seen(reply)[0], state(), first.taken)

    time_passes(DAY)
    second = meet(MailServer())

    assert waits == ("sending", "ready", [])
    assert seen(reply) == ("sent", "")
    assert [to for to, _ in second.taken] == [["ada@home.example", "boss@home.example"]]


def test_a_copy_that_is_never_taken_does_not_keep_the_reply_for_a_day(reply, meet, settings):
    with MailServer(refused={"boss@home.example": "452 4.2.2 Mailbox full"}) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        tries = 0
        while seen(reply)[0] in ("queued", "sending") and tries < 40:
            drain()
            time_passes(DAY)
            tries += 1

    said = "It did not go to boss@home.example: 452 4.2.2 Mailbox full"
    assert seen(reply) == ("sent", said)
    assert Step.objects.get(name="send").attempts == COPIES_AWAITED + 1
    assert [to for to, _ in server.taken] == [["ada@home.example"]]


def test_where_all_are_refused_nobody_was_reached(reply, meet):
    no = "550 5.1.1 No such user"
    server = meet(MailServer(refused={"ada@home.example": no, "boss@home.example": no}))

    assert seen(reply)[0] == "failed"
    assert server.taken == []
