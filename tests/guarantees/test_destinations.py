"""One shop or CRM that is away is left alone, and costs nobody else time or attempts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from apps.coordination import runtime
from apps.coordination.events import publish
from apps.coordination.models import Breaker, Event, Run
from apps.coordination.services import breaking
from apps.core.errors import Refused
from apps.core.web import SystemRefuses
from apps.crm.models import Connection, Note
from apps.flows.steps.joining import join_found
from apps.orders.models import Shop
from tests.make.crm import rest_connection
from tests.make.engine import drain
from tests.make.orders import rest_shop
from tests.make.stories import ParcelPosted, close, courier
from tests.make.tickets import ticket
from tests.make.triage import live_model

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2020-01-01T00:00:00Z"
WHERE = "Could you tell me the status of my order A-1042 and when it will ship?"
ORDER = {
    "order": {"name": "A-1042", "state": "shipped", "customer": {"email": "ada@home.example"}}
}


class OurOwnNo(Refused):
    message = "We cannot even write it down."


@pytest.fixture(autouse=True)
def on_this_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]
    settings.COORDINATION_HINTS = False


@pytest.fixture
def two_servers():
    """One that is up, and one that is down."""
    with HTTPServer() as up, HTTPServer() as down:
        yield up, down


@pytest.fixture
def two_crms(two_servers):
    """The names say how they are."""
    up, down = two_servers
    rest_connection(up, "up")
    rest_connection(down, "down")
    answers_as_a_crm(up)
    down.expect_request("/contacts").respond_with_data("", status=503)
    return up, down


def answers_as_a_crm(server):
    ada = {"id": 7, "email": "ada@home.example", "name": "Ada"}
    server.expect_request("/contacts", method="GET").respond_with_json({"results": []})
    server.expect_request("/contacts", method="POST").respond_with_json({"contact": ada})
    server.expect_request("/contacts/7/notes").respond_with_json({"note": {"id": 5}})


def notes(crm):
    return list(Run.objects.filter(flow="leave a note", lane=f"crm:{crm}").order_by("pk"))


def patience_is_over():
    """Every pause before another try has passed."""
    Run.objects.filter(state="ready").update(due_at=LONG_AGO)


def the_breaker_is_half_open():
    Breaker.objects.update(open_until=LONG_AGO)


def test_i15_a_crm_that_is_down_delays_no_other_and_costs_no_attempts(two_crms):
    for _ in range(8):
        ticket()
        drain()

    assert {run.state for run in notes("up")} == {"done"}
    assert Note.objects.filter(state="pushed", connection__slug="up").count() == 8
    attempts = [run.attempts for run in notes("down")]
    assert sum(attempts) == len(two_crms[1].log) == 6

    patience_is_over()
    drain()
    assert [run.attempts for run in notes("down")] == attempts
    assert {run.error_code for run in notes("down")} == {"breaker_open"}
    assert len(two_crms[1].log) == 6
    assert list(Breaker.objects.values_list("destination", flat=True)) == ["crm:down"]


def test_i15_of_many_runs_one_asks_whether_the_destination_is_back(two_crms):
    _, down = two_crms
    Connection.objects.filter(slug="up").update(is_active=False)
    Breaker.objects.create(destination="crm:down", failures=9, open_until=LONG_AGO)
    for _ in range(8):
        ticket()
    everything_but_the_notes_is_done()
    waiting = list(Run.objects.filter(flow="leave a note").values_list("pk", flat=True))
    gate, others_gave_up = Barrier(8), threading.Semaphore(0)

    def answer(_):
        for _ in range(7):
            assert others_gave_up.acquire(timeout=30)
        return Response("", status=503)

    down.clear()
    down.expect_request("/contacts").respond_with_handler(answer)

    def work(run_id):
        try:
            gate.wait()
            runtime.advance(run_id=run_id)
            others_gave_up.release()
        finally:
            close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, waiting))

    assert len(down.log) == 1
    assert sorted(run.attempts for run in notes("down")) == [0] * 7 + [1]
    assert [run.error_code for run in notes("down")].count("breaker_open") == 7
    assert Breaker.objects.get().failures == 10


def everything_but_the_notes_is_done():
    for run in Run.objects.exclude(flow="leave a note").order_by("pk"):
        runtime.advance(run_id=run.pk)


def test_i15_of_eight_at_once_one_may_probe():
    Breaker.objects.create(destination="crm:down", failures=9, open_until=LONG_AGO)
    gate = Barrier(8)

    def knock(_):
        try:
            gate.wait()
            return breaking.pass_or_raise("crm:down", lasts=timedelta(minutes=1))
        except breaking.BreakerOpen:
            return None
        finally:
            close()

    with ThreadPoolExecutor(8) as pool:
        let_through = list(pool.map(knock, range(8)))

    assert let_through.count(None) == 7


def test_i15_once_the_destination_answers_everybody_is_told(two_crms):
    for _ in range(8):
        ticket()
    drain()
    two_crms[1].clear()
    answers_as_a_crm(two_crms[1])

    the_breaker_is_half_open()
    for _ in range(8):
        patience_is_over()
        drain()

    assert {run.state for run in notes("down")} == {"done"}
    assert Breaker.objects.get().failures == 0


@pytest.mark.parametrize(
    ("no", "failures"),
    [(OurOwnNo(), 9), (SystemRefuses(system="The courier", cause="no."), 0)],
    ids=["ours", "theirs"],
)
def test_only_an_answer_of_the_receiver_closes_its_breaker(no, failures):
    Breaker.objects.create(destination="courier", failures=9, open_until=LONG_AGO)
    courier.problems.append(no)
    publish(ParcelPosted(to="elm"))

    drain()

    breaker = Breaker.objects.get()
    assert Run.objects.get().state == "dead"
    assert (breaker.failures, breaker.open_until is None) == (failures, failures == 0)
    assert breaker.probe_until is None


def test_a_crm_that_was_switched_off_meanwhile_is_skipped_and_its_breaker_stays(two_crms):
    Breaker.objects.create(destination="crm:down", failures=9, open_until=LONG_AGO)
    ticket()
    everything_but_the_notes_is_done()
    Connection.objects.filter(slug="down").update(is_active=False)

    drain()

    assert [run.state for run in notes("down")] == ["done"]
    assert two_crms[1].log == []
    assert (Breaker.objects.get().failures, Breaker.objects.get().probe_until) == (9, None)


@pytest.fixture
def two_shops(two_servers):
    live_model()
    up, down = two_servers
    rest_shop(up, "up")
    rest_shop(down, "down")
    up.expect_request("/orders/A-1042").respond_with_json(ORDER)
    down.expect_request("/orders/A-1042").respond_with_data("", status=503)
    return up, down


def said_by_shops(asked):
    log = Event.objects.filter(stream=asked.stream, type__in=["ShopAsked", "ShopsAsked"])
    return list(log.order_by("seq").values_list("type", "payload__shop"))


def intake_of(asked):
    return Run.objects.get(flow="intake", serial_key=asked.stream)


def until_the_shops_are_next(asked):
    for run in Run.objects.filter(serial_key=asked.stream).order_by("pk"):
        runtime.advance(run_id=run.pk)


def test_i15_a_shop_that_is_down_keeps_no_ticket_from_the_answer_of_another(two_shops):
    asked = ticket(text=WHERE, subject="Status of my order")
    drain()

    assert said_by_shops(asked) == [("ShopAsked", "up")]
    assert asked.order_mentions.get().source == "up"
    assert intake_of(asked).state == "waiting"

    Run.objects.filter(state="waiting").update(due_at=LONG_AGO)
    intake_of(asked).steps.filter(name="shops").update(due_at=LONG_AGO)
    drain()
    assert intake_of(asked).state == "done"
    assert Run.objects.get(flow="ask a shop", lane="shop:down").state == "ready"


def test_a_ticket_waits_until_the_last_shop_has_answered(two_shops):
    two_shops[1].clear()
    two_shops[1].expect_request("/orders/A-1042").respond_with_data("", status=404)

    asked = ticket(text=WHERE, subject="Status of my order")
    drain()

    assert sorted(said_by_shops(asked)[:2]) == [("ShopAsked", "down"), ("ShopAsked", "up")]
    assert said_by_shops(asked)[2:] == [("ShopsAsked", None)]
    assert Event.objects.get(type="ShopsAsked").payload["found"] == ["A-1042"]
    assert intake_of(asked).state == "done"


def test_a_shop_that_was_switched_off_meanwhile_counts_as_asked(two_shops):
    asked = ticket(text=WHERE, subject="Status of my order")
    until_the_shops_are_next(asked)
    Shop.objects.filter(slug="down").update(is_active=False)

    drain()

    assert said_by_shops(asked)[2:] == [("ShopsAsked", None)]
    assert (intake_of(asked).state, two_shops[1].log) == ("done", [])


def test_of_two_shops_that_answer_at_once_one_is_the_last(two_shops):
    asked = ticket(text=WHERE, subject="Status of my order")
    until_the_shops_are_next(asked)
    message, gate = asked.messages.get().pk, Barrier(2)

    def answer(shop):
        try:
            gate.wait()
            join_found(ticket_id=asked.pk, message_id=message, shop=shop, found=[])
        finally:
            close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(answer, ["up", "down"]))

    assert [kind for kind, _ in said_by_shops(asked)] == ["ShopAsked", "ShopAsked", "ShopsAsked"]
