"""What was answered with yes is there, once and with its run, whatever crashed on the way."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from apps.coordination import runtime
from apps.coordination.events import publish
from apps.coordination.models import Event, Run
from apps.tickets.checking import compared
from apps.tickets.models import Message, Ticket
from apps.tickets.services.conversing import receive_message, write_note
from apps.tickets.types import NewMessage
from tests.make.engine import drain
from tests.make.plug import Way, dies, every_pull
from tests.make.proxy import LossyLine, through
from tests.make.stories import ParcelPosted, close, courier, weighed
from tests.make.tickets import person, ticket
from tests.make.ways_in import WAYS_IN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def without_hints(settings):
    """Nobody is told that there is work: what must happen happens all the same."""
    settings.COORDINATION_HINTS = False


@pytest.fixture(params=WAYS_IN, ids=lambda way: way.__name__)
def way_in(request, transactional_db):
    return request.param()


@pytest.fixture
def line():
    known = connection.settings_dict
    with LossyLine(known["HOST"], int(known["PORT"])) as line:
        yield line


def lose_the_workers():
    """Whoever held a run is dead, its lease over; and so is each pause before another try."""
    Run.objects.filter(state="running").update(lease_until=LONG_AGO, due_at=LONG_AGO)
    Run.objects.filter(state="ready").update(due_at=LONG_AGO)


def half_done(way_in, name):
    """What is there without the rest, after a crash and before anybody tries again."""
    there = way_in.there(name)
    return [] if set(there.values()) in ({0}, {1}) else [f"{name} left {there}"]


def not_once(way_in, name):
    """Send again, as the client does that was not answered, and look what there is."""
    lose_the_workers()
    if not way_in.send(name):
        return [f"{name} was refused the second time"]
    drain()
    there = way_in.there(name)
    return [] if set(there.values()) == {1} else [f"{name} has {there}"]


def test_i1_what_is_sent_until_it_is_answered_is_there_once_wherever_it_crashes(way_in):
    wrong, pulled = [], 0
    for plug in every_pull(*Way):
        name = f"{plug.number}-{plug.way.replace(' ', '-')}"
        if not dies(lambda name=name: way_in.send(name), plug):
            break
        pulled += 1
        wrong += half_done(way_in, name) + not_once(way_in, name)

    assert wrong == []
    assert pulled >= 4
    assert compared(list(Ticket.objects.values_list("pk", flat=True))) == {}


def test_f6_what_was_committed_and_not_heard_of_is_there_once(way_in, line):
    wrong, number = [], 0
    while True:
        number += 1
        name = f"lost-{number}"
        with through(line), suppress(Error):
            line.lose(number)
            way_in.send(name)
        if not line.lost:
            break
        wrong += half_done(way_in, name) + not_once(way_in, name)

    assert wrong == []
    assert number > 1


def test_f6_a_step_whose_commit_nobody_heard_of_is_not_done_again(line):
    seen = []
    while True:
        to = f"street-{len(seen) + 1}"
        publish(ParcelPosted(to=to))
        run = Run.objects.latest("pk")
        with through(line), suppress(Error):
            line.lose(len(seen) + 1)
            runtime.advance(run_id=run.pk)
        if not line.lost:
            break
        lose_the_workers()
        drain()
        run.refresh_from_db()
        seen.append((weighed(to), run.state, set(courier.keys) - {f"{run.pk}:carry"}))
        courier.keys.clear()

    assert seen == [(1, "done", set())] * 2


def test_f22_of_sixteen_who_write_at_once_each_sees_everybody_before(monkeypatch):
    made, ada = ticket(), person()
    gate, luck = Barrier(16), random.Random(22)
    pauses = [luck.random() / 20 for _ in range(16)]

    def write(number):
        try:
            gate.wait()
            with transaction.atomic():
                say(made, ada, number)
                seen = list(places(made))
                time.sleep(pauses[number])
            return seen
        finally:
            close()

    with ThreadPoolExecutor(16) as pool:
        seen = sorted(pool.map(write, range(16)), key=len)

    assert [places[-1] for places in seen] == sorted(places[-1] for places in seen)
    assert all(places == list(range(1, len(places) + 1)) for places in seen)
    runs = Run.objects.filter(serial_key=made.stream).order_by("pk")
    assert list(runs) == sorted(runs, key=lambda run: run.key_seq)
    assert compared([made.pk]) == {}
    assert Message.objects.filter(ticket=made).count() == 17


def places(made):
    log = Event.objects.filter(stream=made.stream).order_by("seq")
    return log.values_list("seq", flat=True)


def say(made, ada, number):
    """Half of them are the customer, whose words start a run each; the others take notes."""
    at = timezone.now()
    if number % 2:
        words = {"text": "Well?", "by": ada, "key": f"note {number}"}
        write_note(ticket_id=made.pk, **words, at=at)
    else:
        who = {"ticket_id": made.pk, "customer_id": made.customer_id}
        receive_message(**who, message=NewMessage(text="And?"), at=at)
