"""Sending over a real mail server: a yes, a final no, a no for now, and silence."""

import pytest

from apps.channels.adapters.smtp import MailServerAway
from apps.channels.services.sending import send_reply
from apps.channels.types import SendOutcome
from apps.coordination.types import Receiver
from apps.core.errors import OutcomeUnknown
from tests.make.replies import INTENT, reply
from tests.make.smtp import HANG_UP, PostOffice

pytestmark = pytest.mark.django_db


def by_smtp(settings, office: PostOffice) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port


def test_a_reply_reaches_a_mail_server(settings):
    written = reply()

    with PostOffice() as office:
        by_smtp(settings, office)
        outcome = send_reply(INTENT, message_id=written.pk)

    assert outcome == SendOutcome(sent=True)
    (letter,) = office.letters
    assert letter["To"] == "ada@example.org"
    assert office.taken[0][1] == ["ada@example.org"]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, "550 5.1.1 no such user"),
        ({"MAIL": "553 5.7.1 not you"}, "553 5.7.1 not you"),
        ({"DATA": "554 5.3.4 too big"}, "554 5.3.4 too big"),
        ({"END": "554 5.7.1 spam"}, "554 5.7.1 spam"),
    ],
)
def test_a_final_no_is_an_answer(settings, script, error):
    written = reply()

    with PostOffice(script) as office:
        by_smtp(settings, office)
        outcome = send_reply(INTENT, message_id=written.pk)

    assert outcome == SendOutcome(sent=False, error=error)
    assert office.taken == []


@pytest.mark.parametrize(
    "script",
    [
        {"CONNECT": "421 busy"},
        {"CONNECT": HANG_UP},
        {"MAIL": "451 later"},
        {"MAIL": HANG_UP},
        {"RCPT": "450 greylisted"},
        {"RCPT": HANG_UP},
        {"DATA": "451 later"},
        {"END": "452 full"},
    ],
)
def test_a_no_for_now_is_tried_again(settings, script):
    written = reply()

    with PostOffice(script) as office:
        by_smtp(settings, office)
        with pytest.raises(MailServerAway):
            send_reply(INTENT, message_id=written.pk)

    assert office.taken == []


def test_a_server_that_is_away_is_tried_again(settings):
    written = reply()
    with PostOffice() as office:
        by_smtp(settings, office)

    with pytest.raises(MailServerAway, match="refused"):
        send_reply(INTENT, message_id=written.pk)


def test_a_silence_after_the_content_leaves_doubt(settings):
    written = reply()

    with PostOffice({"END": HANG_UP}) as office:
        by_smtp(settings, office)
        with pytest.raises(OutcomeUnknown, match="the mail server"):
            send_reply(INTENT, message_id=written.pk)

    assert len(office.taken) == 1
    assert send_reply.receiver is Receiver.UNSAFE
