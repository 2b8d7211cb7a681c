"""What a mail server calls spam, and what nobody can read: neither is lost, and both say so."""

import pytest
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.channels.services.receiving import reprocess_mail
from apps.coordination.models import Event
from apps.tickets.models import Message, Ticket
from tests.make.mails import arrived, inbox, mail, mixed, stored
from tests.make.tickets import person

pytestmark = pytest.mark.django_db


def why(outcome) -> str:
    said = {"type": "MessageReceived", "payload__message_id": outcome.message_id}
    return Event.objects.get(**said).why


def test_spam_goes_aside_and_says_who_calls_it_that():
    inbox()

    outcome = arrived(mail(x_spam_flag="YES"))

    asked = Ticket.objects.get(pk=outcome.ticket_id)
    assert asked.is_spam
    assert why(outcome) == "A mail server calls it spam (X-Spam-Flag: YES)."
    assert ReceivedMail.objects.get().spam == why(outcome)
    assert Event.objects.get(type="TicketOpened").payload["spam"] is True


def test_what_a_provider_calls_spam_is_spam():
    inbox()

    outcome = arrived(mail(), spam="The provider calls it spam (score 9).")

    assert Ticket.objects.get(pk=outcome.ticket_id).is_spam
    assert why(outcome) == "The provider calls it spam (score 9)."


def test_an_inbox_that_trusts_takes_it_as_any_mail():
    inbox(spam="trust")

    outcome = arrived(mail(x_spam_flag="YES"))
    named = arrived(mail(x_spam_flag="YES", subject=f"[#{outcome.ticket_id}]"))

    assert not Ticket.objects.get(pk=outcome.ticket_id).is_spam
    assert (named.ticket_id, why(outcome), why(named)) == (outcome.ticket_id, "", "")


def test_an_inbox_that_holds_leaves_it_to_a_person_who_may_file_it():
    inbox(spam="hold")
    kept = stored(mail(x_spam_flag="YES"))

    held = decide_mail(mail_id=kept.pk)
    reprocess_mail(mail_id=kept.pk, by=person(), at=timezone.now())
    filed = decide_mail(mail_id=kept.pk)

    assert held.line == (
        "quarantined: A mail server calls it spam (X-Spam-Flag: YES). "
        "This inbox holds such mail for a person to look at."
    )
    assert not Ticket.objects.get(pk=filed.ticket_id).is_spam


def test_spam_that_answers_is_on_its_ticket_and_a_number_is_not_believed():
    inbox()
    first = arrived(mail(message_id="<a@x>"))

    answer = arrived(mail(x_spam_flag="YES", in_reply_to="<a@x>"))
    named = arrived(mail(x_spam_flag="YES", subject=f"[#{first.ticket_id}]"))

    assert answer.ticket_id == first.ticket_id
    assert not Ticket.objects.get(pk=first.ticket_id).is_spam
    assert Ticket.objects.get(pk=named.ticket_id).is_spam


def test_what_cannot_be_read_says_so_on_the_ticket():
    inbox()
    sealed = b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIIB"

    outcome = arrived(mixed(sealed, subject="Secret"))

    file = Message.objects.get(pk=outcome.message_id).attachments.get()
    assert (file.name, file.size) == ("smime.p7m", 4)
    assert why(outcome) == "The mail is encrypted and cannot be read here."
    written = Message.objects.get(pk=outcome.message_id)
    assert written.visible == "[The mail is encrypted and cannot be read here.]"
    assert "the mail is encrypted and cannot be read here" in ReceivedMail.objects.get().problems


def test_an_invitation_is_a_line_beside_the_text_and_in_its_place_where_there_is_none():
    inbox()
    event = b"BEGIN:VEVENT\r\nSUMMARY:Lunch\r\nDTSTART:20261102T111500Z\r\nEND:VEVENT\r\n"
    date = b"Content-Type: text/calendar; method=REQUEST\r\n\r\nMETHOD:REQUEST\r\n" + event
    line = "Invitation: Lunch, 2026-11-02 11:15 UTC."

    alone = arrived(mixed(date))
    beside = arrived(mixed(b"Content-Type: text/plain\r\n\r\nCome!", date, kind="alternative"))

    texts = [Message.objects.get(pk=each.message_id).visible for each in (alone, beside)]
    assert texts == [f"[{line}]", "Come!"]
    assert (why(alone), why(beside)) == (line, line)


def test_a_picture_within_the_text_keeps_the_name_it_is_shown_by():
    inbox()
    page = b'Content-Type: text/html\r\n\r\n<p>Look</p><img src="cid:cup@x">'
    cup = b"Content-Type: image/png\r\nContent-Id: <cup@x>\r\n\r\npng"

    outcome = arrived(mixed(page, cup, kind="related"))

    message = Message.objects.get(pk=outcome.message_id)
    assert [file.content_id for file in message.attachments.all()] == ["cup@x"]
    assert "cid:cup@x" in message.html
