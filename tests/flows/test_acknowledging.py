"""Whoever opens a ticket is told once that their mail arrived, and nothing else comes of it."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.services.acknowledging import acknowledge_mail
from apps.channels.services.contacting import Written, take_form
from apps.channels.services.receiving import reprocess_mail
from apps.coordination.models import Event
from apps.tickets.checking import departures
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import change_status
from apps.tickets.services.composing import open_ticket_for
from apps.tickets.services.conversing import write_reply
from apps.tickets.services.spam import clear_spam
from apps.tickets.services.withdrawing import withdraw_reply
from apps.tickets.types import NewMessage
from tests.make.engine import drain
from tests.make.mails import inbox, mail
from tests.make.posted import came, fresh, letters
from tests.make.reports import bounce
from tests.make.tickets import customer, person

pytestmark = pytest.mark.django_db
WORDS = "We have it as number {number}.\nSomebody will answer."


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.channels.adapters.outbox.OutboxBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def test_who_opens_a_ticket_is_told_once_and_the_ticket_waits_all_the_same(outbox):
    inbox(acknowledgement=WORDS, signature="Desk")

    kept = came(fresh(message_id="<a@x>", cc="bob@b.example"))
    drain()

    (letter,) = letters(outbox)
    asked = Ticket.objects.get()
    said = letter.get_body(("plain",)).get_content()
    assert said.startswith(f"We have it as number {asked.pk}.\nSomebody will answer.")
    assert (letter["To"], letter["Cc"], letter["In-Reply-To"]) == (
        "ada@example.org",
        None,
        "<a@x>",
    )
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert (asked.status, asked.first_answered_at) == ("new", None)
    assert (asked.last_message_kind, asked.preview) == ("incoming", "Where is my parcel?")
    assert asked.last_message_at == kept.received_at
    written = Message.objects.get(kind="outgoing")
    assert (written.is_automatic, written.author, written.delivery) == (True, None, "sent")
    assert list(departures()) == []


@pytest.mark.parametrize(("days", "told"), [(2, 1), (4, 0)])
def test_mail_of_long_ago_is_not_acknowledged(outbox, days, told):
    inbox(acknowledgement=WORDS)
    written = timezone.now() - timedelta(days=days)

    kept = came(mail(date=format_datetime(written)))

    assert (kept.outcome, len(letters(outbox))) == ("ticket", told)


def test_a_reply_is_not_acknowledged(outbox):
    inbox(acknowledgement=WORDS)
    came(fresh(message_id="<a@x>"))

    came(fresh("And now?", in_reply_to="<a@x>"))

    assert len(letters(outbox)) == 1


def test_an_inbox_without_such_words_sends_nothing(outbox):
    inbox()

    came(fresh())

    assert letters(outbox) == []
    assert Message.objects.count() == 1


def test_a_web_form_is_acknowledged_too(outbox):
    box = inbox(acknowledgement=WORDS)
    words = {"name": "Ada", "address": "ada@example.org", "subject": "Buy now!", "text": "Where?"}

    take_form(inbox=box, written=Written(key="a" * 32, **words), at=timezone.now())
    drain()

    (letter,) = letters(outbox)
    asked = Ticket.objects.get()
    assert letter["To"] == "ada@example.org"
    assert (asked.subject, letter["Subject"]) == ("Buy now!", f"Re: Help [#{asked.pk}]")


def test_what_a_program_opens_is_not_acknowledged(outbox):
    inbox(acknowledgement=WORDS)
    asked = {"email": "ada@example.org", "subject": "Parcel", "message": NewMessage(text="Where?")}

    open_ticket_for(channel="api", by=person(), at=timezone.now(), **asked)
    drain()

    assert letters(outbox) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"precedence": "bulk"},
        {"auto_submitted": "auto-generated"},
        {"auto_submitted": "auto-replied"},
        {"list_id": "<news.example.org>"},
        {"from": "MAILER-DAEMON@example.org"},
    ],
)
def test_machines_and_lists_are_not_told_though_a_person_has_their_mail_filed(outbox, headers):
    inbox(acknowledgement=WORDS)
    ignored = came(fresh(**headers))
    assert ignored.outcome == "ignored"

    reprocess_mail(mail_id=ignored.pk, by=person(), at=timezone.now())
    drain()

    assert ReceivedMail.objects.get().outcome == "ticket"
    assert letters(outbox) == []


def test_an_inbox_behind_a_list_tells_nobody(outbox):
    inbox(acknowledgement=WORDS, takes_lists=True)

    kept = came(fresh(list_id="<help.desk.example>"))

    assert (kept.outcome, letters(outbox)) == ("ticket", [])


@pytest.mark.parametrize(
    "sender",
    ["noreply@shop.example", "no-reply+7@shop.example", "do_not_reply@x.example"],
)
def test_who_says_that_nobody_reads_there_is_not_told(outbox, sender):
    inbox(acknowledgement=WORDS)

    kept = came(fresh(**{"from": sender}))

    assert (kept.outcome, letters(outbox)) == ("ticket", [])


def test_spam_is_told_only_once_somebody_says_it_is_none(outbox):
    inbox(acknowledgement=WORDS)
    asked = came(fresh(x_spam_flag="YES")).ticket
    before = letters(outbox)

    clear_spam(ticket_id=asked.pk, by=person(), at=timezone.now())
    drain()

    assert before == []
    assert [letter["To"] for letter in letters(outbox)] == ["ada@example.org"]


def test_what_a_server_calls_spam_is_not_told_though_its_inbox_takes_it_as_any_mail(outbox):
    inbox(acknowledgement=WORDS, spam="trust")

    kept = came(fresh(x_spam_flag="YES"))

    assert (kept.outcome, kept.ticket.is_spam, letters(outbox)) == ("ticket", False, [])


def test_only_the_customer_is_told_and_not_who_passed_a_mail_on(outbox):
    box = inbox()
    kept = came(fresh())
    Ticket.objects.update(customer=customer("grace@example.org"))
    Inbox.objects.filter(pk=box.pk).update(acknowledgement=WORDS)

    assert acknowledge_mail(mail_id=kept.pk) is None
    assert letters(outbox) == []


def test_acknowledging_twice_is_acknowledging_once(outbox):
    inbox(acknowledgement=WORDS)
    kept = came(fresh())

    again = acknowledge_mail(mail_id=kept.pk)

    assert again == Message.objects.get(kind="outgoing").pk


def test_who_answers_something_of_ours_from_elsewhere_is_not_told(outbox):
    inbox(acknowledgement=WORDS)

    kept = came(fresh(subject="Re: Parcel [#7]", **{"from": "case-7@robot.example"}))

    assert (kept.outcome, letters(outbox)) == ("ticket", [])


def test_who_answers_on_a_closed_ticket_opens_another_and_is_told(outbox):
    inbox(acknowledgement=WORDS)
    asked = came(fresh(message_id="<a@x>")).ticket
    change_status(ticket_id=asked.pk, status="closed", at=timezone.now())

    again = came(fresh(subject=f"Re: Parcel [#{asked.pk}]", in_reply_to="<a@x>"))

    assert (again.outcome, len(letters(outbox))) == ("ticket", 2)


def test_a_bounced_acknowledgement_opens_nothing(outbox):
    inbox(acknowledgement=WORDS)
    came(fresh())
    told = Message.objects.get(kind="outgoing")

    came(bounce(told.message_id_header, "ada@example.org"))

    assert Message.objects.get(pk=told.pk).delivery == "bounced"
    assert Ticket.objects.get().status == "new"


def test_a_reply_that_is_taken_back_leaves_the_customer_as_the_last_who_spoke(outbox):
    inbox(acknowledgement=WORDS)
    asked, ada = came(fresh()).ticket, person()
    words = {"text": "Soon.", "by": ada, "key": "k", "hold_seconds": 15}
    reply = write_reply(ticket_id=asked.pk, at=timezone.now(), **words)

    withdraw_reply(message_id=reply.pk, by=ada, at=timezone.now())

    asked.refresh_from_db()
    assert (asked.last_message_kind, asked.first_answered_at) == ("incoming", None)
    assert list(departures()) == []


def test_the_log_says_that_nobody_wrote_it(outbox):
    inbox(acknowledgement=WORDS)

    came(fresh())

    event = Event.objects.get(type="ReplyWritten")
    assert (event.payload["automatic"], event.actor.partition(":")[0]) == (True, "flow")
