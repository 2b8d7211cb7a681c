"""Every mail ends in exactly one outcome, and in the right one."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.queries import DESK_PURPOSE
from apps.channels.services.deciding import decide_mail
from apps.channels.services.receiving import reprocess_mail
from apps.coordination.models import Event
from apps.core.errors import Refused
from apps.core.signing import short_signature
from apps.customers.models import Customer
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import change_status
from apps.tickets.types import NewMessage
from tests.make.letters import reply_to
from tests.make.mails import arrived, inbox, mail, mixed, stored
from tests.make.tickets import customer, person, team, ticket

pytestmark = pytest.mark.django_db


class NobodyMay(Refused):
    message = "Nobody may."


def refuse(**values):
    raise NobodyMay


def test_a_mail_becomes_a_ticket_of_its_sender():
    returns = team()
    inbox("help@desk.example", team=returns)
    pdf = b"Content-Type: application/pdf; name=bill.pdf\r\n\r\n%PDF"
    text = b"Content-Type: text/plain\r\n\r\nWhere is it?\r\n\r\n-- \r\nAda"

    outcome = arrived(mixed(text, pdf, subject="A-1042", message_id="<a@x>", cc="bob@x.example"))

    asked = Ticket.objects.get()
    assert outcome.line == f"ticket {asked.pk} created"
    assert (asked.subject, asked.team, asked.inbox_address, asked.channel) == (
        "A-1042",
        returns,
        "help@desk.example",
        "mail",
    )
    assert (asked.customer.name, asked.customer.email) == ("Ada Lovelace", "ada@example.org")
    message = asked.messages.get()
    assert outcome.message_id == message.pk
    assert (message.visible, message.text) == ("Where is it?", "Where is it?\n\n-- \nAda")
    assert (message.message_id_header, message.to, message.cc) == (
        "<a@x>",
        "help@desk.example",
        "bob@x.example",
    )
    assert [(file.name, file.size) for file in message.attachments.all()] == [("bill.pdf", 4)]


def test_the_row_says_what_became_of_it():
    kept = stored(mail(message_id="<a@x>", subject="A-1042"))

    decide_mail(mail_id=kept.pk)

    kept.refresh_from_db()
    assert (kept.sender, kept.subject, kept.message_id_header) == (
        "ada@example.org",
        "A-1042",
        "<a@x>",
    )
    assert (kept.outcome, kept.message.ticket, kept.attempts) == ("ticket", kept.ticket, 1)
    assert kept.decided_at is not None
    event = Event.objects.get(type="MailDecided")
    assert event.payload == {"mail_id": kept.pk, "outcome": "ticket", "ticket_id": kept.ticket_id}


def test_deciding_twice_is_deciding_once():
    kept = stored()

    first, second = decide_mail(mail_id=kept.pk), decide_mail(mail_id=kept.pk)

    assert first == second
    assert Message.objects.count() == 1


def test_the_same_message_id_is_the_same_mail():
    first = arrived(mail(message_id="<a@x>"))

    second = arrived(mail(message_id="<a@x>", received="from another server"))

    original = ReceivedMail.objects.get(outcome="ticket")
    assert second.line == f"duplicate of mail {original.pk} (ticket {first.ticket_number})"
    assert Ticket.objects.count() == 1


def test_without_message_id_the_content_decides():
    assert arrived(mail(message_id="")).outcome == "ticket"
    assert arrived(mail(message_id="", received="by another way")).outcome == "duplicate"
    assert arrived(mail("Something else", message_id="")).outcome == "ticket"


def test_a_copy_of_an_ignored_mail_is_a_copy():
    raw = mail(precedence="bulk")

    assert arrived(raw).line == "ignored: mailing list"
    assert arrived(raw).outcome == "duplicate"


@pytest.mark.parametrize("header", ["in_reply_to", "references"])
def test_an_answer_goes_to_the_ticket_it_answers(header):
    first = arrived(mail(message_id="<a@x>"))

    second = arrived(mail("And now?", subject="Other words", **{header: "<z@x> <a@x>"}))

    assert second.line == f"reply on ticket {first.ticket_number}"
    assert Message.objects.get(pk=second.message_id).visible == "And now?"


def test_the_newest_known_reference_decides():
    arrived(mail(message_id="<old@x>"))
    newer = arrived(mail(message_id="<new@x>"))

    answer = arrived(mail(references="<old@x> <new@x> <unknown@x>"))

    assert answer.ticket_id == newer.ticket_id


def test_an_answer_opens_a_solved_ticket_again():
    first = arrived(mail(message_id="<a@x>"))
    change_status(ticket_id=first.ticket_id, status="solved", at=timezone.now())

    arrived(mail(in_reply_to="<a@x>"))

    assert Ticket.objects.get().status == "open"


def test_an_answer_to_a_closed_ticket_opens_one_that_follows_it():
    first = arrived(mail(message_id="<a@x>"))
    change_status(ticket_id=first.ticket_id, status="closed", at=timezone.now())

    second = arrived(mail(in_reply_to="<a@x>"))

    assert second.outcome == "ticket"
    assert Ticket.objects.get(pk=second.ticket_id).follows_id == first.ticket_id


def test_an_answer_of_a_stranger_is_taken_and_marked():
    first = arrived()

    second = arrived(mail(to=reply_to(first.ticket_id), **{"from": "eve@elsewhere.example"}))

    assert second.outcome == "reply"
    event = Event.objects.filter(type="MessageReceived").latest("id")
    assert event.why == "Written by eve@elsewhere.example, who is not this ticket's customer."
    assert Event.objects.filter(type="MessageReceived").earliest("id").why == ""


def test_a_sender_without_from_is_quarantined():
    outcome = arrived(mail(**{"from": ""}))

    assert outcome.line == "quarantined: It names no sender that could be answered."
    assert not Customer.objects.exists()


def test_an_empty_mail_is_quarantined():
    assert arrived(b"").reason == "There is nothing in it: no subject, no text, no file."


def test_what_the_tickets_refuse_is_quarantined_with_the_reason(monkeypatch):
    monkeypatch.setattr("apps.channels.services.filing.find_or_create_customer", refuse)

    outcome = arrived()

    assert outcome.line == "quarantined: It cannot be filed: Nobody may."
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"auto_submitted": "auto-replied"}, "auto-reply"),
        ({"auto_submitted": "auto-generated"}, "automatic mail"),
        ({"return_path": "<>"}, "bounce"),
        ({"list_id": "<x.example>"}, "mailing list"),
        ({"from": "help@desk.example"}, "loop: it names one of our own addresses as its sender"),
    ],
)
def test_nobody_answers_machines(headers, reason):
    inbox("help@desk.example")

    assert arrived(mail(**headers)).line == f"ignored: {reason}"
    assert not Ticket.objects.exists()


def test_our_own_mail_that_comes_back_is_a_loop():
    mark = short_signature(DESK_PURPOSE, "")

    assert arrived(mail(x_supportcoord=mark)).reason == "loop: our own mail came back"
    assert arrived(mail(x_supportcoord="another desk's mark")).outcome == "ticket"


def test_a_form_that_writes_in_our_name_is_answered_at_reply_to():
    inbox("help@desk.example")

    arrived(mail(**{"from": "help@desk.example", "reply_to": "Bob <bob@home.example>"}))

    assert Ticket.objects.get().customer.email == "bob@home.example"


def test_the_brake_stops_a_sender_who_cannot_stop():
    at = timezone.now()
    for second in range(20):
        assert arrived(at=at + timedelta(seconds=second)).outcome == "ticket"

    braked = arrived(at=at + timedelta(seconds=21))

    assert braked.outcome == "quarantined"
    assert braked.reason == "Brake: 20 mails of this sender came within 10 minutes."
    assert arrived(mail(**{"from": "bob@home.example"}), at=at).outcome == "ticket"
    assert arrived(at=at + timedelta(minutes=11)).outcome == "ticket"


def test_a_person_may_release_what_the_brake_stopped():
    at = timezone.now()
    for _ in range(20):
        arrived(at=at)
    braked = stored(at=at)
    decide_mail(mail_id=braked.pk)

    reprocess_mail(mail_id=braked.pk, by=person("lead"), at=at)

    assert decide_mail(mail_id=braked.pk).outcome == "ticket"


def test_an_inbox_behind_a_group_takes_mail_of_lists():
    inbox("help@desk.example", takes_lists=True)

    assert arrived(mail(list_id="<help.desk.example>", precedence="list")).outcome == "ticket"
    assert arrived(mail(auto_submitted="auto-replied")).outcome == "ignored"


def test_the_inbox_is_found_by_how_the_mail_was_delivered():
    inbox("help@desk.example")
    shop = inbox("shop@desk.example")

    for headers in (
        {"to": "a@x.example, Shop@desk.example"},
        {"delivered_to": "shop@desk.example"},
    ):
        arrived(mail(**headers))

    assert list(ReceivedMail.objects.values_list("inbox", flat=True)) == [shop.pk, shop.pk]


def test_mail_to_nobody_in_particular_goes_to_the_default_inbox():
    default = inbox("help@desk.example")

    arrived(mail(to="undisclosed-recipients:;"))

    assert ReceivedMail.objects.get().inbox == default


def test_text_that_postgresql_refuses_is_filed_all_the_same():
    raw = mail(
        "",
        content_type="text/plain; charset=utf-16-le",
        content_transfer_encoding="base64",
        subject="a\0b",
    )

    outcome = arrived(raw + base64.b64encode("a\0b\ud800c".encode("utf-16-le", "surrogatepass")))

    assert Message.objects.get(pk=outcome.message_id).text == "ab\ufffdc"


def test_a_known_customer_keeps_the_name_they_have():
    known = customer("ada@example.org", name="Ada King")
    ticket(customer=known, message=NewMessage(text="earlier"))

    arrived()

    assert Customer.objects.get().name == "Ada King"


def test_deciding_reads_no_raw_mail_but_its_own(django_assert_max_num_queries):
    arrived(mail(message_id="<a@x>"))
    copy = stored(mail(message_id="<a@x>"))

    with django_assert_max_num_queries(24) as asked:
        decide_mail(mail_id=copy.pk)
        decide_mail(mail_id=copy.pk)

    reading = [query["sql"] for query in asked.captured_queries if '"raw"' in (query["sql"] or "")]
    assert len(reading) == 1
