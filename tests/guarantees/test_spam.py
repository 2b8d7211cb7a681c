"""Spam that is none is worked on once, however many say so at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.utils import timezone

from apps.coordination.models import Event, Run
from apps.tickets.services.spam import clear_spam
from tests.make.stories import close
from tests.make.tickets import person, ticket

PEOPLE = 4


@pytest.mark.django_db(transaction=True)
def test_i4_spam_that_many_clear_at_once_is_taken_in_once():
    asked, gate = ticket(is_spam=True), Barrier(PEOPLE)
    people = [person() for _ in range(PEOPLE)]

    def clear(somebody):
        gate.wait(timeout=10)
        try:
            clear_spam(ticket_id=asked.pk, by=somebody, at=timezone.now())
        finally:
            close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(clear, people))

    assert Run.objects.filter(flow="intake").count() == 1
    assert Event.objects.filter(type="MessageAccepted").count() == 1
    assert Event.objects.filter(type="SpamChanged").count() == 1
