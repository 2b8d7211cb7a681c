"""Guarantee: the same mail twice has one result, however many copies come at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.customers.models import Customer
from apps.tickets.models import Message, Ticket
from tests.make.mails import mail, stored

COPIES = 4


def decide_all_at_once(mails: list[ReceivedMail]) -> Counter[str]:
    """Let a thread for each mail decide it at the same moment; counts the outcomes."""
    gate = Barrier(len(mails))

    def decide(row: ReceivedMail) -> str:
        gate.wait()
        try:
            return decide_mail(mail_id=row.pk).outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(len(mails)) as pool:
        return Counter(pool.map(decide, mails))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("identifier", ["<same@example.org>", ""])
def test_of_identical_mails_at_once_one_becomes_a_ticket(identifier):
    raw = mail(message_id=identifier)

    outcomes = decide_all_at_once([stored(raw) for _ in range(COPIES)])

    assert outcomes == {"ticket": 1, "duplicate": COPIES - 1}
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_mail_decided_by_many_at_once_is_filed_once():
    row = stored()

    outcomes = decide_all_at_once([row] * COPIES)

    assert outcomes == {"ticket": COPIES}
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_first_mails_of_one_person_at_once_have_one_customer():
    outcomes = decide_all_at_once([stored() for _ in range(COPIES)])

    assert outcomes == {"ticket": COPIES}
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_at_once_are_all_on_their_ticket():
    decide_mail(mail_id=stored(mail(message_id="<first@x>")).pk)

    outcomes = decide_all_at_once([stored(mail(in_reply_to="<first@x>")) for _ in range(COPIES)])

    assert outcomes == {"reply": COPIES}
    assert Ticket.objects.get().messages.count() == COPIES + 1
