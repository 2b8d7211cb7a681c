"""Real mails of the public corpora: each has one outcome, quickly, and only once a ticket."""

import io
import time

import pytest
from django.core.management import call_command

from apps.channels.models import ReceivedMail
from apps.channels.services.deciding import decide_mail
from apps.channels.states import DECIDED
from apps.tickets.models import Ticket
from tests.make.mails import stored
from tests.make.shared import public_mails

FOLDER = public_mails()
MAILS = sorted(path for path in FOLDER.rglob("*") if path.is_file()) if FOLDER else []

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared_data,
    pytest.mark.skipif(not MAILS, reason="THE PUBLIC MAILS ARE NOT BESIDE THE PROJECT"),
]


def take_in_all() -> list[str]:
    """Give every mail to the desk; returns the outcomes, none of which took two seconds."""
    outcomes = []
    for path in MAILS:
        row, begun = stored(path.read_bytes()), time.thread_time()
        outcomes.append(decide_mail(mail_id=row.pk).outcome)
        assert time.thread_time() - begun < 2, path.name
    return outcomes


def test_every_mail_has_one_outcome_and_the_second_round_makes_no_ticket():
    first = take_in_all()
    tickets = Ticket.objects.count()

    second = take_in_all()

    assert set(first) <= DECIDED
    assert tickets == first.count("ticket") > 50
    assert Ticket.objects.count() == tickets
    assert set(second) == {"duplicate"}
    said = io.StringIO()
    call_command("reconcile", stdout=said)
    assert said.getvalue().splitlines()[-1] == (
        f"{2 * len(MAILS)} mails received, 0 of them wait: the sums agree."
    )


def test_most_mails_of_people_become_tickets():
    take_in_all()

    rows = ReceivedMail.objects.exclude(outcome="duplicate")
    held = rows.filter(outcome="quarantined").values_list("reason", flat=True)
    assert {reason.partition(" (mail ")[0] for reason in held} == {
        "It names no sender that could be answered.",
        "There is nothing in it: no subject, no text, no file.",
        "Its Message-ID came before with other words",
    }
