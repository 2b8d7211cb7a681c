"""Sending over a provider's HTTP interface: a server of our own answers as each of them does."""

import time

import pytest

from apps.channels.adapters.provider import MARK
from apps.channels.adapters.smtp import MailServerAway
from apps.channels.services.sending import send_reply
from apps.channels.types import SendOutcome
from apps.coordination.types import Intent
from apps.core.errors import OutcomeUnknown
from tests.make.imap import certify
from tests.make.replies import INTENT, reply
from tests.make.senders import DRIP_BODY, DRIP_HEADERS, HANG_UP, PROVIDERS, Sender
from tests.make.servers import closed_port, dripping

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]
SHORT = Intent(key="7:send", attempt=1, timeout=1.0)
NO = {"ErrorCode": 300, "Message": "Invalid 'From' address."}

each_provider = pytest.mark.parametrize("name", sorted(PROVIDERS))


@pytest.fixture
def set_up(settings):
    """Have mail leave by this provider, at this address."""

    def setting(name, url):
        provider = PROVIDERS[name]
        settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
        settings.ANYMAIL = {**provider.settings, provider.url: url, "REQUESTS_TIMEOUT": 30}

    return setting


def sent(set_up, name, sender, *, intent=INTENT, **fields):
    written = reply(**fields)
    with sender:
        set_up(name, sender.url)
        return send_reply(intent, message_id=written.pk)


def yes(name, **more) -> Sender:
    provider = PROVIDERS[name]
    return Sender(provider.code, provider.yes, **more)


@each_provider
def test_a_reply_reaches_a_provider(set_up, name):
    sender, provider = yes(name), PROVIDERS[name]

    assert sent(set_up, name, sender) == SendOutcome(sent=True)

    (request,) = sender.requests
    asked = provider.read(request)
    assert (asked.path, asked.key, asked.to) == (provider.path, provider.key, ["ada@example.org"])
    assert asked.text == "It is on its way.\n"
    assert asked.message_id.startswith("<")


@each_provider
def test_a_provider_carries_our_message_id_for_the_news_it_will_tell(set_up, name):
    sender = yes(name)

    sent(set_up, name, sender)

    assert MARK.encode() in sender.requests[0][2]


@each_provider
@pytest.mark.parametrize("code", [400, 403, 413, 422])
def test_a_providers_no_is_an_answer(set_up, name, code):
    outcome = sent(set_up, name, Sender(code, NO))

    assert not outcome.sent
    assert outcome.error.startswith(f"{code} ")
    assert "Invalid 'From' address." in outcome.error


@each_provider
@pytest.mark.parametrize("code", [401, 429, 503])
def test_a_provider_that_says_later_or_not_you_is_tried_again(set_up, name, code):
    sender = Sender(code, NO)

    with pytest.raises(MailServerAway, match=str(code)):
        sent(set_up, name, sender)

    assert len(sender.requests) == 1


@each_provider
def test_what_a_provider_says_is_told_without_our_key(set_up, name):
    key = next(iter(PROVIDERS[name].settings.values()))

    with pytest.raises(MailServerAway) as refused:
        sent(set_up, name, Sender(401, {"Message": f"Nobody has the key {key}."}))

    assert "Nobody has the key •••." in str(refused.value)
    assert key not in str(refused.value)


@each_provider
@pytest.mark.parametrize("code", [500, 502, 504])
def test_an_error_that_may_have_come_after_the_mail_was_taken_leaves_doubt(set_up, name, code):
    sender = Sender(code, NO)

    with pytest.raises(OutcomeUnknown, match=f"the mail provider did it is not known: {code}"):
        sent(set_up, name, sender)

    assert len(sender.requests) == 1


@pytest.mark.parametrize("name", ["postmark", "mailgun"])
def test_a_yes_that_cannot_be_read_leaves_doubt(set_up, name):
    with pytest.raises(OutcomeUnknown, match="200"):
        sent(set_up, name, Sender(200, {"what": "?"}))


@each_provider
def test_a_provider_that_hangs_up_after_the_question_leaves_doubt(set_up, name):
    sender = yes(name, way=HANG_UP)

    with pytest.raises(OutcomeUnknown, match="the mail provider"):
        sent(set_up, name, sender)

    assert len(sender.requests) == 1


@each_provider
def test_a_provider_whose_answer_never_begins_to_end_leaves_doubt_in_time(set_up, name):
    begun, sender = time.monotonic(), Sender(PROVIDERS[name].code, way=DRIP_HEADERS)

    with pytest.raises(OutcomeUnknown):
        sent(set_up, name, sender, intent=SHORT)

    assert time.monotonic() - begun < 10
    assert len(sender.requests) == 1


@pytest.mark.parametrize("name", ["postmark", "mailgun"])
def test_a_provider_that_drips_its_answer_leaves_doubt_in_time(set_up, name):
    begun = time.monotonic()

    with pytest.raises(OutcomeUnknown):
        sent(set_up, name, yes(name, way=DRIP_BODY), intent=SHORT)

    assert time.monotonic() - begun < 10


def test_what_is_cut_within_an_encrypted_answer_is_never_taken_for_no_connection(
    set_up, tmp_path, monkeypatch
):
    certify(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    slow = yes("postmark", way=DRIP_HEADERS, tls=tmp_path)

    with pytest.raises(OutcomeUnknown, match="too slowly: it was not done after 1 s"):
        sent(set_up, "postmark", slow, intent=SHORT)

    assert len(slow.requests) == 1


def test_an_encrypted_answer_that_comes_is_believed(set_up, tmp_path, monkeypatch):
    certify(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))

    assert sent(set_up, "postmark", yes("postmark", tls=tmp_path)) == SendOutcome(sent=True)


def test_a_provider_that_is_somebody_else_is_told_nothing(set_up, tmp_path):
    certify(tmp_path)
    stranger = yes("postmark", tls=tmp_path)

    with pytest.raises(MailServerAway, match="SSL"):
        sent(set_up, "postmark", stranger)

    assert stranger.requests == []


def test_a_handshake_that_drips_ends_in_time_and_nothing_was_sent(set_up):
    written, begun = reply(), time.monotonic()

    with dripping(b"\x16\x03\x03\x40\x00") as url, pytest.raises(MailServerAway, match="slowly"):
        set_up("postmark", url.replace("http:", "https:"))
        send_reply(SHORT, message_id=written.pk)

    assert time.monotonic() - begun < 10


@each_provider
def test_a_provider_that_nobody_reaches_is_tried_again(set_up, name):
    written = reply()
    set_up(name, f"http://127.0.0.1:{closed_port()}")

    with pytest.raises(MailServerAway):
        send_reply(INTENT, message_id=written.pk)


def test_who_is_refused_while_others_are_not_is_told(set_up):
    some = {
        "ErrorCode": 0,
        "Message": "Message OK, but will not deliver to these inactive addresses: "
        "gone@x.example. Inactive recipients are ones that have generated a hard bounce.",
        "MessageID": "b7bc2f4a",
        "SubmittedAt": "2026-11-02",
        "To": "ada@example.org",
    }

    outcome = sent(set_up, "postmark", Sender(200, some), cc=["gone@x.example"])

    assert outcome == SendOutcome(sent=True, refused=("gone@x.example: rejected",))


def test_that_the_customer_is_refused_while_a_copy_is_not_is_told_apart(set_up):
    some = {
        "ErrorCode": 0,
        "Message": "Message OK, but will not deliver to these inactive addresses: "
        "ada@example.org. Inactive recipients are ones that have generated a hard bounce.",
        "MessageID": "b7bc2f4a",
        "SubmittedAt": "2026-11-02",
        "To": "ada@example.org",
    }

    outcome = sent(set_up, "postmark", Sender(200, some), cc=["boss@x.example"])

    assert outcome == SendOutcome(sent=True, missed="rejected")


def test_where_one_address_spoils_the_whole_mail_nothing_counts_as_sent(set_up):
    no = {"ErrorCode": 300, "Message": "Invalid 'Cc' address: 'boss@x.example'."}

    outcome = sent(set_up, "postmark", Sender(422, no), cc=["boss@x.example"])

    assert not outcome.sent
    assert "Invalid 'Cc' address: 'boss@x.example'." in outcome.error


def test_a_mail_that_everybody_refuses_is_not_sent(set_up):
    no = {
        "ErrorCode": 406,
        "Message": "You tried to send to a recipient that has been marked as inactive.\n"
        "Found inactive addresses: ada@example.org.\nInactive recipients are ones that bounced.",
    }

    outcome = sent(set_up, "postmark", Sender(422, no))

    assert not outcome.sent
    assert "marked as inactive" in outcome.error
