"""What a held mail would become is told before, and nothing is written down for that."""

import pytest

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.channels.services.previewing import preview_mail
from apps.channels.services.receiving import reprocess_mail
from apps.customers.models import Customer
from apps.tickets.models import Ticket
from tests.channels.test_forwarding import MX, passed_on
from tests.make.held import held
from tests.make.mails import arrived, inbox, mail, stored
from tests.make.tickets import person

pytestmark = pytest.mark.django_db


def whole(row: ReceivedMail) -> ReceivedMail:
    return ReceivedMail.objects.defer(None).get(pk=row.pk)


def test_it_is_what_processing_again_then_does():
    (row,) = held(raw=mail("Where is it?", subject="A-1001"), inbox=inbox())

    told = preview_mail(mail=whole(row))
    reprocess_mail(mail_id=row.pk, by=person(), at=row.received_at)
    became = decide_mail(mail_id=row.pk)

    first = Ticket.objects.get(pk=became.ticket_id).messages.get()
    assert (told.subject, told.text) == (first.ticket.subject, first.visible)
    assert (told.name, told.address) == ("Ada Lovelace", first.ticket.customer.email)
    assert (told.ticket_id, told.why_not) == (None, "")


def test_an_answer_names_its_ticket_and_opens_none():
    asked = arrived(mail(message_id="<first@x>"))
    row = stored(mail("More.", in_reply_to="<first@x>"))

    assert preview_mail(mail=whole(row)).ticket_id == asked.ticket_id
    assert (Ticket.objects.count(), Customer.objects.count()) == (1, 1)


def test_what_one_of_us_passes_on_is_of_who_wrote_it_first(settings):
    settings.TRUSTED_MAIL_SERVERS = frozenset({MX})
    inbox()
    person(first_name="Ada", last_name="Byron", email="ada@desk.example")

    told = preview_mail(mail=whole(stored(passed_on())))

    assert (told.name, told.address) == ("Bob Baker", "bob@b.example")
    assert (told.subject, told.text) == ("Broken chair", "The chair broke.")
    assert told.passed_on == "Ada Byron"


@pytest.mark.parametrize("raw", [b"", mail(**{"from": ""})])
def test_what_still_cannot_be_filed_says_why(raw):
    assert preview_mail(mail=whole(stored(raw))).why_not != ""


def test_a_long_text_is_cut_and_says_by_how_much():
    told = preview_mail(mail=whole(stored(mail("word " * 10_000))))

    assert len(told.text) == 20_000
    assert told.left_out > 29_000
