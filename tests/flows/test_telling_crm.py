"""The CRM hears of each ticket twice: when it is opened and when it is solved."""

import pytest
from django.utils import timezone

from apps.coordination.models import Attempt, Run
from apps.crm.models import Connection, Contact, Note
from apps.tickets.services.changing import change_status
from tests.make.engine import drain
from tests.make.tickets import customer, ticket

pytestmark = pytest.mark.django_db

OPENED, NOTE = "tell the CRM of a new ticket", "leave a note"


@pytest.fixture
def crm():
    return Connection.objects.create(slug="books", name="Books", adapter="sample")


def notes():
    return list(Note.objects.order_by("pk").values_list("about", "kind", "state"))


def test_a_new_ticket_makes_a_contact_and_leaves_a_note(crm):
    asked = ticket(customer=customer("ada@home.example", name="Ada"))

    drain()

    assert Contact.objects.get().email == "ada@home.example"
    assert notes() == [(f"ticket:{asked.pk}", "created", "pushed")]
    asked = Attempt.objects.filter(step__run__flow=NOTE).order_by("pk")
    steps = asked.values_list("step__name", "step__destination")
    assert list(steps) == [("contact", "crm:books"), ("push note", "crm:books")]


def test_a_solved_ticket_leaves_a_second_note_at_the_same_contact(crm):
    asked = ticket()
    drain()

    change_status(ticket_id=asked.pk, status="solved", at=timezone.now())
    drain()

    assert [note[1:] for note in notes()] == [("created", "pushed"), ("solved", "pushed")]
    assert Contact.objects.count() == 1


def test_without_a_crm_nobody_is_told():
    ticket()

    drain()

    assert Run.objects.get(flow=OPENED).state == "done"
    assert notes() == []


def test_a_crm_that_is_away_delays_nothing_else(crm):
    crm.adapter, crm.base_url = "rest", "http://127.0.0.1:1"
    crm.save()
    ticket()

    drain()

    assert Run.objects.get(flow=NOTE).state == "ready"
    others = Run.objects.exclude(flow=NOTE).values_list("state", flat=True)
    assert "ready" not in others
