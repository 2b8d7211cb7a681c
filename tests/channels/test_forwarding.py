"""Mail that one of us passes on: whose ticket it is, and when that is not believed."""

import pytest

from apps.channels.services.deciding import decide_mail
from apps.coordination.models import Event
from apps.tickets.checking import compared
from apps.tickets.models import Message, Ticket
from tests.make.mails import arrived, inbox, mail, mixed, stored
from tests.make.tickets import person

pytestmark = pytest.mark.django_db

MX = "mx.desk.example"
FORWARDED = """Please see to it.

---------- Forwarded message ---------
From: Bob Baker <bob@b.example>
Date: Mon, Nov 2, 2026 at 9:15 AM
Subject: Broken chair
To: Ada <ada@desk.example>


The chair broke.
"""


def why(outcome) -> str:
    said = {"type": "MessageReceived", "payload__message_id": outcome.message_id}
    return Event.objects.get(**said).why


@pytest.fixture
def ada(settings):
    """One of us, whose mail our own server vouches for."""
    settings.TRUSTED_MAIL_SERVERS = frozenset({MX})
    inbox()
    return person(first_name="Ada", last_name="Byron", email="ada@desk.example")


def passed_on(text: str = FORWARDED, **headers) -> bytes:
    proof = f"{MX}; dkim=pass header.d=desk.example"
    fields = {"subject": "Fwd: Broken chair", "authentication_results": proof}
    return mail(text, **{"from": "Ada Byron <ADA@desk.example>"} | fields | headers)


def test_who_wrote_first_is_the_customer_of_a_forwarded_mail(ada):
    outcome = arrived(passed_on(cc="eve@e.example"))

    asked = Ticket.objects.get(pk=outcome.ticket_id)
    assert (asked.subject, asked.customer.name) == ("Broken chair", "Bob Baker")
    assert asked.customer.email == "bob@b.example"
    said = [(one.kind, one.author, one.visible) for one in asked.messages.order_by("pk")]
    assert said == [("incoming", None, "The chair broke."), ("note", ada, "Please see to it.")]
    told = Event.objects.get(type="MessageReceived")
    assert (told.actor, told.why) == (
        f"user:{ada.pk}",
        "Ada Byron forwarded it from bob@b.example.",
    )
    assert not asked.followers.exists()
    assert compared([asked.pk]) == {}


def test_a_mail_that_is_attached_is_forwarded_with_its_file(ada):
    original = mail("The chair broke.", **{"from": "bob@b.example"}, subject="Chair")
    raw = mixed(
        b"Content-Type: text/plain\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" + original,
        **{"from": "ada@desk.example", "subject": "Fwd: Chair"},
        authentication_results=f"{MX}; spf=pass smtp.mailfrom=ada@desk.example",
    )

    outcome = arrived(raw)

    asked = Ticket.objects.get(pk=outcome.ticket_id)
    message = asked.messages.get()
    assert (asked.customer.email, message.visible) == ("bob@b.example", "The chair broke.")
    assert [file.content_type for file in message.attachments.all()] == ["message/rfc822"]


@pytest.mark.parametrize(
    "proof",
    [
        "",
        f"{MX}; dkim=fail header.d=desk.example",
        f"{MX}; dkim=pass header.d=evil.example",
        "evil.example; dkim=pass header.d=desk.example",
        f"evil.example; none\r\nAuthentication-Results: {MX}; dkim=pass header.d=desk.example",
    ],
)
def test_what_nobody_vouches_for_is_a_mail_as_any_other(ada, proof):
    outcome = arrived(passed_on(authentication_results=proof))

    asked = Ticket.objects.get(pk=outcome.ticket_id)
    assert asked.customer.email == "ada@desk.example"
    assert asked.messages.get().kind == "incoming"
    said = "It looks forwarded by Ada Byron, but no mail server of ours says that they sent it."
    forged = f"{MX} does not believe that desk.example sent it."
    assert why(outcome) == (f"{said} {forged}" if "fail" in proof else said)


def test_without_trusted_servers_nobody_forwards(ada, settings):
    settings.TRUSTED_MAIL_SERVERS = frozenset()

    for raw in (passed_on(), passed_on(authentication_results="")):
        asked = Ticket.objects.get(pk=arrived(raw).ticket_id)
        assert asked.customer.email == "ada@desk.example"


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@desk.example"}])
def test_only_who_works_here_forwards(ada, change):
    type(ada).objects.filter(pk=ada.pk).update(**change)

    outcome = arrived(passed_on())

    assert Ticket.objects.get(pk=outcome.ticket_id).customer.email == "ada@desk.example"
    assert why(outcome) == ""


def test_our_own_mail_passed_on_is_nobody_elses(ada):
    outcome = arrived(passed_on(FORWARDED.replace("bob@b.example", "help+1@desk.example")))

    assert Ticket.objects.get(pk=outcome.ticket_id).customer.email == "ada@desk.example"


def test_deciding_a_forwarded_mail_twice_notes_once(ada):
    kept = stored(passed_on())

    assert decide_mail(mail_id=kept.pk) == decide_mail(mail_id=kept.pk)

    assert Message.objects.filter(kind="note").count() == 1
