"""Spam: put aside, and worked on from the moment somebody says that it is none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.coordination.models import Event, Run
from apps.crm.models import Connection
from apps.escalation.models import Escalation
from apps.escalation.queries import overdue_untold, promises_of
from apps.escalation.services import check_promises
from apps.tickets.checking import compared
from apps.tickets.services.changing import change_status
from apps.tickets.services.conversing import receive_message
from apps.tickets.services.spam import clear_spam, mark_spam
from apps.tickets.types import NewMessage
from tests.make.engine import drain
from tests.make.escalation import targets
from tests.make.passing import time_passes
from tests.make.tickets import person, ticket
from tests.make.triage import live_model

pytestmark = pytest.mark.django_db

BEGUN = ("intake", "tell the CRM of a new ticket", "watch promises")
LATE = timedelta(days=9)


@pytest.fixture(autouse=True)
def desk():
    """A desk with promises, and a CRM that hears of tickets."""
    live_model()
    targets()
    Connection.objects.create(slug="books", name="Books", adapter="sample")


def begun() -> list[str]:
    return sorted(Run.objects.filter(flow__in=BEGUN).values_list("flow", flat=True))


def writes(asked, text: str = "Are you there?"):
    said = {"message": NewMessage(text=text), "at": timezone.now()}
    return receive_message(ticket_id=asked.pk, customer_id=asked.customer_id, **said)


def agrees(asked) -> bool:
    return not compared([asked.pk])


def test_nothing_begins_for_spam_and_everything_begins_once_when_it_is_none():
    asked = ticket(text="What is the status of my order?", is_spam=True)
    drain()
    assert (begun(), asked.label) == ([], "")

    for _ in range(2):
        clear_spam(ticket_id=asked.pk, by=person(), at=timezone.now())
        mark_spam(ticket_id=asked.pk, by=person(), at=timezone.now())
    clear_spam(ticket_id=asked.pk, by=person(), at=timezone.now())
    drain()

    intakes = Run.objects.filter(flow="intake")
    assert [run.input["message_id"] for run in intakes] == [asked.messages.get().pk]
    assert Run.objects.filter(flow="tell the CRM of a new ticket").count() == 1
    assert Run.objects.filter(flow="watch promises", state="waiting").count() == 1
    assert agrees(asked)


def test_what_was_written_meanwhile_is_accepted_too_in_its_order():
    asked = ticket(is_spam=True)
    second, third = writes(asked), writes(asked)
    drain()

    clear_spam(ticket_id=asked.pk, by=person(), at=timezone.now())
    fourth = writes(asked)
    drain()

    told = Event.objects.filter(type="MessageAccepted").order_by("seq")
    first = asked.messages.first()
    assert [(said.payload["message_id"], said.payload["first"]) for said in told] == [
        (first.pk, True),
        (second.pk, False),
        (third.pk, False),
    ]
    taken_in = Run.objects.filter(flow="intake").order_by("key_seq")
    assert [run.input["message_id"] for run in taken_in] == [
        first.pk,
        second.pk,
        third.pk,
        fourth.pk,
    ]


def test_an_open_ticket_that_is_called_spam_is_not_begun_again_when_it_is_none():
    asked = ticket()
    drain()
    ada = person()

    mark_spam(ticket_id=asked.pk, by=ada, why="Sells watches.", at=timezone.now())
    drain()

    told = Event.objects.get(type="SpamChanged")
    assert (told.actor, told.why) == (f"user:{ada.pk}", "Sells watches.")
    assert Run.objects.get(flow="watch promises").state == "done"

    clear_spam(ticket_id=asked.pk, by=ada, at=timezone.now())
    drain()

    assert begun() == [*BEGUN, "watch promises"]
    assert not Event.objects.filter(type="MessageAccepted").exists()
    assert agrees(asked)


def test_saying_the_same_again_changes_nothing():
    asked = ticket()
    clear_spam(ticket_id=asked.pk, by=person(), at=timezone.now())
    mark_spam(ticket_id=asked.pk, by=person(), at=timezone.now())

    again = mark_spam(ticket_id=asked.pk, by=person(), at=timezone.now())

    assert (again.is_spam, again.version) == (True, 2)
    assert Event.objects.filter(type="SpamChanged").count() == 1


def test_no_clock_runs_for_spam():
    asked = ticket(at=timezone.now() - LATE, is_spam=True)
    marked = ticket(at=timezone.now() - LATE)
    mark_spam(ticket_id=marked.pk, by=person(), at=timezone.now())
    change_status(ticket_id=asked.pk, status="solved", at=timezone.now())
    writes(asked)
    drain()
    time_passes(LATE)
    drain()

    assert check_promises(at=timezone.now()) == 0
    assert overdue_untold(at=timezone.now(), limit=9) == []
    for each in (asked, marked):
        each.refresh_from_db()
    assert list(promises_of([asked, marked]).values()) == [[], []]
    assert not Escalation.objects.exists()


def test_no_crm_hears_that_spam_was_solved():
    for junk in (True, False):
        asked = ticket(is_spam=junk)
        change_status(ticket_id=asked.pk, status="solved", at=timezone.now())

    drain()

    solved = Run.objects.get(flow="tell the CRM of a solution")
    assert solved.serial_key == asked.stream


def test_what_follows_closed_spam_is_spam():
    asked = ticket(is_spam=True)
    change_status(ticket_id=asked.pk, status="closed", at=timezone.now())

    new = writes(asked).ticket
    drain()

    assert (new.follows_id, new.is_spam, begun()) == (asked.pk, True, [])
