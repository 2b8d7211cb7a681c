"""The mirror: each order once, the newest facts, joined with its customer."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.coordination.models import Event
from apps.core.errors import NotFound
from apps.orders.models import Order, OrderLine
from apps.orders.services.mirroring import NoOrderNumber, ShopClosed, mirror_orders, upsert_order
from apps.orders.types import LineFacts
from tests.make.orders import NOON, facts, shop
from tests.make.tickets import customer

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def eu():
    return shop("eu")


def events():
    return list(Event.objects.order_by("pk").values_list("type", "stream", "payload"))


def test_a_new_order_is_written_with_its_lines_and_told():
    done = upsert_order(facts=facts(), at=NOON)

    order = Order.objects.get()
    assert (done.created, done.changed, done.order) == (True, True, order)
    assert (order.number, order.status, order.total) == ("A-1042", "shipped", Decimal("29.00"))
    assert (order.fetched_at, order.checked_at) == (NOON, NOON)
    assert list(order.lines.values_list("title", "quantity")) == [("Mug", 2)]
    payload = {"shop": "eu", "number": "A-1042", "status": "shipped"}
    assert events() == [("OrderChanged", "order:eu/A-1042", payload)]


def test_the_same_again_changes_only_the_time_of_asking():
    upsert_order(facts=facts(), at=NOON)
    line = OrderLine.objects.get()

    done = upsert_order(facts=facts(), at=LATER)

    assert (done.created, done.changed) == (False, False)
    assert Order.objects.get().fetched_at == LATER
    assert OrderLine.objects.get() == line
    assert len(events()) == 1


def test_new_facts_replace_old_ones():
    upsert_order(facts=facts(), at=NOON)
    lines = (LineFacts(title="Lamp"), LineFacts(title="Mug"))

    done = upsert_order(facts=facts(status="delivered", carrier="", lines=lines), at=LATER)

    order = Order.objects.get()
    assert (done.created, done.changed, order.status) == (False, True, "delivered")
    assert list(order.lines.values_list("title", flat=True)) == ["Lamp", "Mug"]
    assert [payload["status"] for *_, payload in events()] == ["shipped", "delivered"]


def test_other_lines_alone_are_a_change():
    upsert_order(facts=facts(), at=NOON)

    assert upsert_order(facts=facts(lines=()), at=LATER).changed


def test_older_facts_never_overwrite_newer_ones():
    upsert_order(facts=facts(status="delivered", source_updated_at=LATER), at=LATER)

    done = upsert_order(facts=facts(status="shipped", source_updated_at=NOON), at=LATER)

    assert (done.created, done.changed) == (False, False)
    assert Order.objects.get().status == "delivered"
    assert len(events()) == 1


def test_facts_without_a_date_count_as_news_and_the_known_date_stays():
    upsert_order(facts=facts(source_updated_at=NOON), at=NOON)

    upsert_order(facts=facts(status="delivered"), at=LATER)

    order = Order.objects.get()
    assert (order.status, order.source_updated_at) == ("delivered", NOON)


def test_an_order_joins_the_customer_of_its_address():
    ada = customer("ada@home.example")

    upsert_order(facts=facts(email=" Ada@Home.EXAMPLE "), at=NOON)

    order = Order.objects.get()
    assert (order.customer, order.email) == (ada, "ada@home.example")


def test_an_order_of_nobody_we_know_waits_for_its_customer():
    upsert_order(facts=facts(), at=NOON)
    assert Order.objects.get().customer is None
    ada = customer("ada@home.example")

    upsert_order(facts=facts(), at=LATER)

    assert Order.objects.get().customer == ada


def test_the_same_number_in_two_shops_is_two_orders():
    shop("us")

    assert mirror_orders(found=[facts(), facts(shop="us"), facts()], at=NOON) == 2

    assert Order.objects.count() == 2


def test_an_unknown_shop_a_closed_one_and_a_bad_number_are_refused(eu):
    with pytest.raises(NotFound, match="There is no shop mars"):
        upsert_order(facts=facts(shop="mars"), at=NOON)
    with pytest.raises(NoOrderNumber):
        upsert_order(facts=facts(number="../etc"), at=NOON)
    eu.is_active = False
    eu.save()
    with pytest.raises(ShopClosed, match="The shop eu is switched off"):
        upsert_order(facts=facts(), at=NOON)

    assert not Order.objects.exists()
