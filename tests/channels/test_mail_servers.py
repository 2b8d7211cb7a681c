"""Sending over a real mail server: a yes, a final no, a no for now, and silence."""

import time
import traceback
from base64 import b64encode

import pytest

from apps.channels.adapters.smtp import MailServerAway
from apps.channels.services.sending import send_reply
from apps.channels.types import SendOutcome
from apps.coordination.types import Intent, Receiver
from apps.core.errors import OutcomeUnknown
from tests.make.replies import INTENT, reply
from tests.make.servers import dripping
from tests.make.smtp import DRIP, HANG_UP, PostOffice

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


SIGN_IN = {"EHLO": "250-post office\r\n250 AUTH PLAIN LOGIN"}


def test_a_sign_in_that_is_refused_says_so_without_the_password(settings):
    written = reply()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "hunter22"
    both, alone = b64encode(b"\0desk\0hunter22").decode(), b64encode(b"hunter22").decode()

    with PostOffice(SIGN_IN | {"AUTH": f"535 no: {both} {alone} hunter22"}) as office:
        by_smtp(settings, office)
        with pytest.raises(MailServerAway) as refused:
            send_reply(INTENT, message_id=written.pk)

    assert str(refused.value) == (
        "The mail server takes no mail at the moment: it does not take the user and the password "
        "of EMAIL_URL: 535 no: ••• ••• •••"
    )
    told = "".join(traceback.format_exception(refused.value))
    assert not [secret for secret in (both, alone, "hunter22") if secret in told]


def test_a_password_that_no_sign_in_carries_leaves_no_doubt(settings):
    written = reply()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "schlüssel"

    with PostOffice(SIGN_IN) as office:
        by_smtp(settings, office)
        with pytest.raises(MailServerAway, match="has letters that no sign-in carries"):
            send_reply(INTENT, message_id=written.pk)

    assert office.taken == []


def test_a_server_that_wants_nothing_to_do_with_us_is_away(settings):
    written = reply()

    with PostOffice({"CONNECT": "554 5.7.1 go away"}) as office:
        by_smtp(settings, office)
        with pytest.raises(MailServerAway, match=r"554 5\.7\.1 go away") as refused:
            send_reply(INTENT, message_id=written.pk)

    assert (refused.value.counts, refused.value.answered) == (True, False)


def test_a_silence_after_the_content_leaves_doubt(settings):
    written = reply()

    with PostOffice({"END": HANG_UP}) as office:
        by_smtp(settings, office)
        with pytest.raises(OutcomeUnknown, match="the mail server"):
            send_reply(INTENT, message_id=written.pk)

    assert len(office.taken) == 1
    assert send_reply.receiver is Receiver.UNSAFE


SHORT = Intent(key="7:send", attempt=1, timeout=1.0)


@pytest.mark.parametrize("word", ["CONNECT", "MAIL", "RCPT"])
def test_a_server_that_drips_before_it_has_the_mail_is_away_in_time(settings, word):
    written = reply()

    with PostOffice({word: DRIP}) as office:
        by_smtp(settings, office)
        with pytest.raises(MailServerAway, match="too slowly: it was not done after 1 s"):
            send_reply(SHORT, message_id=written.pk)


def test_a_server_that_drips_once_it_has_the_mail_leaves_doubt_in_time(settings):
    written = reply()

    with PostOffice({"END": DRIP}) as office:
        by_smtp(settings, office)
        with pytest.raises(OutcomeUnknown, match="too slowly"):
            send_reply(SHORT, message_id=written.pk)

    assert len(office.taken) == 1


def test_who_was_refused_while_others_were_not_is_told(settings):
    written = reply(cc=["gone@x.example", "boss@x.example"])

    with PostOffice(refused={"gone@x.example": "550 5.1.1 no such user"}) as office:
        by_smtp(settings, office)
        outcome = send_reply(INTENT, message_id=written.pk)

    assert outcome == SendOutcome(sent=True, refused=("gone@x.example: 550 5.1.1 no such user",))
    assert outcome.told == "It did not go to gone@x.example: 550 5.1.1 no such user"
    assert office.taken[0][1] == ["ada@example.org", "boss@x.example"]


def test_where_one_may_be_taken_later_nobody_is_given_up(settings):
    written = reply(cc=["later@x.example"])
    answers = {"ada@example.org": "550 no such user", "later@x.example": "450 greylisted"}

    with PostOffice(refused=answers) as office:
        by_smtp(settings, office)
        with pytest.raises(MailServerAway, match="450 greylisted"):
            send_reply(INTENT, message_id=written.pk)

    assert office.taken == []


def test_a_handshake_that_drips_ends_in_time_and_nothing_was_sent(settings):
    written, begun = reply(), time.monotonic()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_SSL = "127.0.0.1", True

    with dripping(b"\x16\x03\x03\x40\x00") as url, pytest.raises(MailServerAway):
        settings.EMAIL_PORT = int(url.rpartition(":")[2])
        send_reply(SHORT, message_id=written.pk)

    assert time.monotonic() - begun < 10
