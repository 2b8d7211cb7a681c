"""Who is taken for the writer of a mail: From, or Reply-To where From is nobody's mailbox."""

import pytest

from apps.channels.models import ReceivedMail
from apps.channels.services.acknowledging import acknowledge_mail
from apps.coordination.models import Event
from apps.tickets.models import Message, Ticket
from tests.make.mails import arrived, inbox, mail

pytestmark = pytest.mark.django_db

BOB = "Bob <bob@home.example>"


def why() -> str:
    return Event.objects.filter(type="MessageReceived").latest("id").why


def test_the_form_of_a_shop_is_answered_at_reply_to():
    inbox()

    arrived(mail(**{"from": "Shop <noreply@shop.example>", "reply_to": BOB}))

    assert Ticket.objects.get().customer.email == "bob@home.example"
    assert ReceivedMail.objects.get().sender == "bob@home.example"
    assert why() == (
        "Sent by noreply@shop.example, which names bob@home.example for answers: "
        "who wrote it is not proven."
    )


@pytest.mark.parametrize("other", ["", "help@desk.example", "no-reply@other.example"])
def test_a_robot_that_names_nobody_else_stays_the_writer(other):
    inbox()

    arrived(mail(**{"from": "noreply@shop.example", "reply_to": other}))

    assert Ticket.objects.get().customer.email == "noreply@shop.example"


def test_a_person_is_answered_where_they_wrote_from_and_the_timeline_says_so():
    inbox()

    arrived(mail(reply_to=BOB))

    assert Ticket.objects.get().customer.email == "ada@example.org"
    assert why() == "It asks for answers to bob@home.example (Reply-To); they go to its sender."


@pytest.mark.parametrize("other", ["ada@example.org", "Help <help@desk.example>"])
def test_a_reply_to_of_the_sender_or_of_ours_is_not_worth_a_word(other):
    inbox()

    arrived(mail(reply_to=other))

    assert why() == ""


@pytest.mark.parametrize("form", ["noreply@shop.example", "help@desk.example"])
def test_a_number_counts_for_nobody_whose_address_was_typed_into_a_form(form):
    inbox()
    first = arrived()

    subject = f"Other address [#{first.ticket_number}]"
    typed = arrived(mail(**{"from": form, "reply_to": "ada@example.org", "subject": subject}))

    assert (typed.outcome, typed.ticket_id != first.ticket_id) == ("ticket", True)
    assert arrived(mail(subject=subject)).ticket_id == first.ticket_id


def test_what_was_typed_into_a_form_is_not_repeated_to_the_address_that_was():
    inbox(acknowledgement="We have it.")
    headers = {"from": "noreply@shop.example", "reply_to": BOB, "subject": "Buy!", "date": ""}
    arrived(mail(**headers))

    sent = acknowledge_mail(mail_id=ReceivedMail.objects.get().pk)

    assert Message.objects.get(pk=sent).subject.startswith("Help")
