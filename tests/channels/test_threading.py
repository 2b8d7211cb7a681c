"""What nobody can guess decides whose ticket a mail is on; what anybody can write does not."""

import pytest
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.acknowledging import acknowledge_mail
from apps.channels.services.composing import reply_identifier
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import write_reply
from tests.make.letters import reply_to
from tests.make.mails import arrived, inbox, mail
from tests.make.tickets import person

pytestmark = pytest.mark.django_db

ADA, BOB = {"from": "ada@example.org"}, {"from": "bob@else.example"}
SCANNER = "<1@localhost>"


@pytest.fixture(autouse=True)
def desk():
    inbox(acknowledgement="We have it as {number}.")


def both() -> tuple[int, int]:
    """The tickets of Ada and Bob, whose scanners call each mail the same."""
    first = arrived(mail("A secret", **ADA, message_id=SCANNER))
    second = arrived(mail("Another one", **BOB, message_id=SCANNER))
    return first.ticket_id, second.ticket_id


def closed(**headers: str) -> int:
    """A ticket that nobody writes on any more."""
    number = arrived(mail(**headers)).ticket_id
    change_status(ticket_id=number, status="closed", at=timezone.now())
    return number


@pytest.mark.parametrize("header", ["in_reply_to", "references"])
def test_a_signed_address_says_more_than_a_name_that_others_gave(header):
    _, bobs = both()

    answer = arrived(mail(**BOB, to=reply_to(bobs), **{header: f"{SCANNER} <x@else.example>"}))

    assert answer.line == f"reply on ticket {bobs}"


def test_a_name_that_we_gave_says_more_than_newer_ones_of_others():
    _, bobs = both()
    arrived(mail("Newer", **BOB, message_id="<newer@else.example>"))
    sent = write_reply(ticket_id=bobs, text="Yes.", by=person(), key="k", at=timezone.now())

    references = f"{reply_identifier(sent)} <newer@else.example> {SCANNER}"
    answer = arrived(mail(**BOB, references=references))

    assert answer.line == f"reply on ticket {bobs}"


def test_a_name_that_we_gave_is_known_though_the_key_that_signed_it_is_gone(settings):
    adas, _ = both()
    sent = write_reply(ticket_id=adas, text="Yes.", by=person(), key="k", at=timezone.now())
    Message.objects.filter(pk=sent.pk).update(message_id_header=reply_identifier(sent))
    named = Message.objects.get(pk=sent.pk).message_id_header

    settings.SECRET_KEY = "another one"
    answer = arrived(mail(**BOB, in_reply_to=named))

    assert answer.line == f"reply on ticket {adas}"


def test_whoever_shares_a_name_with_others_finds_their_own_ticket():
    adas, bobs = both()

    lines = [arrived(mail("More", **who, in_reply_to=SCANNER)).line for who in (ADA, BOB)]

    assert lines == [f"reply on ticket {adas}", f"reply on ticket {bobs}"]


def test_their_own_ticket_comes_before_one_that_they_follow():
    arrived(mail("A secret", **ADA, cc="bob@else.example", message_id=SCANNER))
    bobs = arrived(mail("Another one", **BOB, message_id=SCANNER)).ticket_id

    answer = arrived(mail("More", **BOB, in_reply_to=SCANNER))

    assert answer.line == f"reply on ticket {bobs}"


def test_a_stranger_opens_a_new_ticket_whatever_mail_it_claims_to_answer():
    adas, bobs = both()

    outcome = arrived(mail(**{"from": "eve@e.example"}, in_reply_to=SCANNER))

    assert outcome.outcome == "ticket"
    assert Ticket.objects.get(pk=outcome.ticket_id).follows_id is None
    assert outcome.ticket_id not in (adas, bobs)


def test_a_colleague_in_cc_answers_the_customers_own_mail():
    asked = arrived(mail(**ADA, cc="Bob <bob@else.example>", message_id="<a@example.org>"))

    answer = arrived(mail("It is mine.", **BOB, in_reply_to="<a@example.org>"))

    assert answer.line == f"reply on ticket {asked.ticket_id}"


def test_a_customer_answers_their_own_mail_from_another_address_that_is_known():
    asked = arrived(mail(**ADA, message_id="<a@example.org>"))
    customer = Ticket.objects.get(pk=asked.ticket_id).customer
    customer.identities.create(kind="email", value="bob@else.example")

    answer = arrived(mail("From home.", **BOB, in_reply_to="<a@example.org>"))

    assert answer.line == f"reply on ticket {asked.ticket_id}"


def test_nobody_is_told_the_subject_of_a_closed_ticket_of_somebody_else():
    closed(**ADA, subject="My dismissal", message_id=SCANNER)

    kept = arrived(mail(**BOB, subject="Hello", date="", in_reply_to=SCANNER))

    told = acknowledge_mail(mail_id=ReceivedMail.objects.get(message=kept.message_id).pk)
    opened = Ticket.objects.get(pk=kept.ticket_id)
    assert (opened.subject, opened.follows_id) == ("Hello", None)
    assert Message.objects.get(pk=told).subject == ""


def test_who_was_passed_a_signed_address_finds_no_subject_of_others_there():
    adas = closed(**ADA, subject="My dismissal")

    kept = arrived(mail(**BOB, subject="Hello", to=reply_to(adas)))

    opened = Ticket.objects.get(pk=kept.ticket_id)
    assert (kept.outcome, opened.subject, opened.follows_id) == ("ticket", "Hello", adas)


def test_a_customer_finds_the_subject_of_their_closed_ticket_again():
    adas = closed(**ADA, subject="My parcel", message_id="<a@example.org>")

    kept = arrived(mail(**ADA, subject="AW: My parcel", in_reply_to="<a@example.org>"))

    opened = Ticket.objects.get(pk=kept.ticket_id)
    assert (opened.subject, opened.follows_id) == ("My parcel", adas)
