"""Guarantee: an escalation happens once, though its step is told twice or two do it at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.utils import timezone

from apps.coordination.models import Event, Run
from apps.core.db import rows
from apps.escalation.models import Escalation
from apps.escalation.services import check_promises, escalate
from apps.tickets.models import Ticket
from tests.make.engine import drain
from tests.make.escalation import targets
from tests.make.stories import Crash, close
from tests.make.tickets import ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def late() -> Ticket:
    """A ticket whose first response is past."""
    targets()
    return ticket(at=timezone.now() - timedelta(hours=9))


def happened() -> tuple[int, int, int]:
    """Escalations, their events, and how often the priority was raised."""
    return (
        Escalation.objects.count(),
        Event.objects.filter(type="TicketEscalated").count(),
        Event.objects.filter(type="PriorityChanged").count(),
    )


def test_two_who_escalate_at_once_make_one_escalation(late):
    gate, at = Barrier(3), timezone.now()

    def press(_):
        gate.wait()
        try:
            return escalate(ticket_id=late.pk, promise="first_response", level="past", at=at).fresh
        finally:
            close()

    with ThreadPoolExecutor(3) as pool:
        fresh = list(pool.map(press, range(3)))

    assert sorted(fresh) == [False, False, True]
    assert happened() == (1, 1, 1)


def test_a_process_that_dies_after_escalating_does_not_escalate_again(late, monkeypatch):
    def die(*_, **__):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr("apps.coordination.services.stepping.ledger.release", die)
        with pytest.raises(Crash):
            drain()
    rows("UPDATE coordination_run SET lease_until = 'epoch', due_at = 'epoch' RETURNING id", {})

    drain()
    drain()

    assert happened() == (1, 1, 1)
    assert Run.objects.get(flow="watch promises").state == "waiting"


def test_the_flow_and_the_safety_net_together_escalate_once(late):
    check_promises(at=timezone.now())

    drain()
    check_promises(at=timezone.now())

    assert happened() == (1, 1, 1)
