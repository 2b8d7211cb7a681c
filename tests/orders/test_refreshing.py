"""Open orders do not grow old: they are asked for again, a bounded number at a time."""

from datetime import timedelta

import pytest

from apps.orders.models import Order
from apps.orders.services.mirroring import upsert_order
from apps.orders.services.refreshing import refresh_stale_orders
from tests.make.orders import NOON, facts, order, rest_shop

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


def mirrored(server, *numbers, name="eu", **fields):
    rest_shop(server, name)
    for number in numbers:
        upsert_order(facts=facts(shop=name, number=number, **fields), at=NOON)


def answering(server, number, state="delivered", name=None):
    told = {"order": {"name": name or number, "state": state}}
    server.expect_request(f"/orders/{number}").respond_with_json(told)


def asked(server):
    return sorted(request.path for request, _ in server.log)


def test_a_stale_order_is_brought_up_to_date(httpserver):
    mirrored(httpserver, "A-1")
    answering(httpserver, "A-1")

    assert refresh_stale_orders(at=LATER) == 1

    fresh = Order.objects.get()
    assert (fresh.status, fresh.fetched_at, fresh.checked_at) == ("delivered", LATER, LATER)


def test_fresh_settled_and_pushed_orders_are_left_alone(httpserver):
    mirrored(httpserver, "A-1")
    mirrored(httpserver, "A-2", status="delivered")
    order(shop="pushed")

    assert refresh_stale_orders(at=NOON + timedelta(minutes=59)) == 0
    Order.objects.filter(number="A-1").delete()
    assert refresh_stale_orders(at=LATER) == 0

    assert asked(httpserver) == []


def test_only_so_many_are_asked_for_at_once_the_oldest_first(httpserver):
    mirrored(httpserver, "A-1", "A-2", "A-3")
    Order.objects.filter(number="A-3").update(checked_at=NOON - timedelta(days=1))
    for number in ("A-1", "A-2", "A-3"):
        answering(httpserver, number)

    assert refresh_stale_orders(at=LATER, most=1) == 1

    assert asked(httpserver) == ["/orders/A-3"]


def test_a_shop_that_is_down_is_left_alone_and_the_others_are_not(httpserver):
    mirrored(httpserver, "A-1", "A-2")
    httpserver.expect_request("/orders/A-1").respond_with_data("oh", status=503)
    httpserver.expect_request("/orders/A-2").respond_with_data("oh", status=503)
    mirrored(httpserver, "B-1", name="us")
    answering(httpserver, "B-1")

    assert refresh_stale_orders(at=LATER) == 2

    assert len(asked(httpserver)) == 2
    assert Order.objects.get(number="B-1").status == "delivered"


def test_an_order_that_cannot_be_read_does_not_block_the_others(httpserver):
    mirrored(httpserver, "A-1", "A-2")
    answering(httpserver, "A-1", name="Z-9")
    answering(httpserver, "A-2")

    assert refresh_stale_orders(at=LATER) == 2
    assert refresh_stale_orders(at=LATER) == 0

    first, second = Order.objects.order_by("number")
    assert (first.status, first.fetched_at, first.checked_at) == ("shipped", NOON, LATER)
    assert second.status == "delivered"


def test_an_order_the_shop_forgot_stays_with_its_age(httpserver):
    mirrored(httpserver, "A-1")
    httpserver.expect_request("/orders/A-1").respond_with_data("gone", status=404)

    refresh_stale_orders(at=LATER)

    assert Order.objects.get().fetched_at == NOON
    assert not Order.objects.get().is_fresh(LATER)


def test_the_round_ends_in_time(httpserver):
    mirrored(httpserver, "A-1")

    assert refresh_stale_orders(at=LATER, seconds=0) == 0
