"""Asking shops: what each answer means, and that it is remembered."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, flow
from apps.coordination.models import Attempt, Run, Step
from apps.core.errors import NotFound
from apps.core.web import AnswerUnreadable, SystemDown, SystemRefuses
from apps.orders.adapters.sample import SampleShop
from apps.orders.services.asking import TimeIsOver, look_up_order, look_up_orders, try_shop
from apps.orders.services.mirroring import ShopClosed
from apps.orders.services.sampling import open_sample_shop
from apps.orders.types import OrderFacts
from tests.make.engine import drain, only_run
from tests.make.orders import NOON, order, rest_shop, shop

pytestmark = pytest.mark.django_db
INTENT = Intent(key="1:order", attempt=1, timeout=5.0)
GOOD = {"order": {"name": "A-1042", "state": "on its way", "total": "29.00"}}


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


@dataclass(frozen=True, kw_only=True)
class ParcelMissed(Event):
    number: str

    @property
    def stream(self) -> str:
        return f"parcel:{self.number}"


@flow("find the parcel", version=1, on=ParcelMissed)
def find_the_parcel(run: FlowRun[ParcelMissed]) -> None:
    facts = run.call("order", look_up_order, shop="eu", number=run.input.number)
    run.transact("note", noted, facts=facts)


def noted(*, facts: OrderFacts | None) -> str:
    return facts.status if facts else "unknown"


def ask(number="A-1042", name="eu"):
    return look_up_order(INTENT, shop=name, number=number)


def test_a_shop_is_asked_and_its_answer_read(httpserver):
    rest_shop(httpserver, "eu")
    httpserver.expect_request("/orders/A-1042").respond_with_json(GOOD)

    facts = ask()

    assert (facts.status, facts.total) == ("shipped", Decimal("29.00"))


def test_an_unknown_order_is_none(httpserver):
    rest_shop(httpserver, "eu")
    httpserver.expect_request("/orders/A-1042").respond_with_data("no", status=404)

    assert ask() is None


def test_what_cannot_be_a_number_is_not_even_asked_for(httpserver):
    rest_shop(httpserver, "eu")

    assert ask("../../admin") is None
    assert ask("x" * 41) is None
    assert httpserver.log == []


def test_a_shop_that_says_no_is_quoted(httpserver):
    rest_shop(httpserver, "eu")
    httpserver.expect_request("/orders/A-1042").respond_with_data("who are you?", status=403)

    with pytest.raises(SystemRefuses, match=r"The shop EU refuses: it answered 403\. who are you"):
        ask()


def test_a_shop_in_trouble_is_unavailable(httpserver):
    rest_shop(httpserver, "eu")
    httpserver.expect_request("/orders/A-1042").respond_with_data("oh", status=500)

    with pytest.raises(SystemDown, match="The shop EU is not available"):
        ask()


def test_an_answer_that_the_mapping_cannot_read_says_what_is_wrong(httpserver):
    rest_shop(httpserver, "eu")
    odd = {"order": GOOD["order"] | {"total": "<b>"}}
    httpserver.expect_request("/orders/A-1042").respond_with_json(odd)

    with pytest.raises(AnswerUnreadable, match=r"total is '<b>', which is not a number"):
        ask()


def test_an_unknown_shop_and_a_closed_one_are_refused():
    shop("eu", is_active=False)

    with pytest.raises(ShopClosed):
        ask()
    with pytest.raises(NotFound):
        ask(name="mars")


def test_a_shop_that_writes_to_us_is_what_the_mirror_says():
    order(number="A-1042")

    assert ask().status == "shipped"
    assert ask("A-9") is None


def test_the_sample_shop_knows_its_orders_and_is_the_same_every_time():
    sample = open_sample_shop(at=NOON)
    again = SampleShop(slug=sample.slug, opened_at=sample.created_at)

    assert ask("a-1001", sample.slug) == again.fetch("#A-1001", seconds=1)
    assert ask("A-1001", sample.slug).email == "maya.lindqvist@mail.example"
    assert ask("A-1031", sample.slug) is None


def test_a_shop_is_asked_for_every_number_once(httpserver):
    rest_shop(httpserver, "eu")
    httpserver.expect_request("/orders/A-1042").respond_with_json(GOOD)
    httpserver.expect_request("/orders/B-7").respond_with_data("no", status=404)

    found = look_up_orders(INTENT, shop="eu", numbers=["A-1042", "B-7", "B-7", "not a number"])

    assert [(facts.shop, facts.number) for facts in found] == [("eu", "A-1042")]
    assert len(httpserver.log) == 2


def test_a_shop_that_was_switched_off_or_removed_meanwhile_finds_nothing(httpserver):
    rest_shop(httpserver, "eu", is_active=False)

    assert look_up_orders(INTENT, shop="eu", numbers=["A-1042"]) == []
    assert look_up_orders(INTENT, shop="mars", numbers=["A-1042"]) == []

    assert httpserver.log == []


def test_an_order_is_not_taken_for_unknown_because_there_was_no_time():
    order(number="A-1042")
    late = Intent(key="1:orders", attempt=1, timeout=0.0)

    with pytest.raises(TimeIsOver):
        look_up_orders(late, shop="eu", numbers=["A-1042"])


def test_a_flow_remembers_what_the_shop_said(httpserver):
    rest_shop(httpserver, "eu")
    httpserver.expect_request("/orders/A-1042").respond_with_json(GOOD)
    publish(ParcelMissed(number="A-1042"))

    drain()

    assert only_run().state == "done"
    assert Step.objects.get(name="note").output == "shipped"
    assert Step.objects.get(name="order").output["total"] == "29.00"


def test_a_flow_waits_for_a_shop_in_trouble_and_each_attempt_is_kept(httpserver):
    rest_shop(httpserver, "eu")
    httpserver.expect_oneshot_request("/orders/A-1042").respond_with_data("oh", status=500)
    httpserver.expect_request("/orders/A-1042").respond_with_json(GOOD)
    publish(ParcelMissed(number="A-1042"))

    drain()
    assert (only_run().state, only_run().error_code) == ("ready", "system_down")
    Run.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    drain()

    assert only_run().state == "done"
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["failed", "done"]
    assert "tok-4711" not in str(list(Attempt.objects.values()) + list(Run.objects.values()))


def test_trying_a_connection_ends_in_a_sentence(httpserver):
    eu = rest_shop(httpserver, "eu")
    httpserver.expect_oneshot_request("/orders/TEST-0").respond_with_data("no", status=404)
    httpserver.expect_request("/orders/TEST-0").respond_with_json({"order": {"name": "TEST-0"}})

    assert "it knows no order TEST-0." in try_shop(shop=eu)
    eu.mapping = {"path": "/orders/{number}", "status": "order.state"}
    assert try_shop(shop=eu).endswith("order TEST-0 is unknown.")
