"""What desks and flows read from the mirror."""

from datetime import timedelta

import pytest

from apps.orders.models import Shop
from apps.orders.queries import find_orders, orders_named, orders_of_customer
from tests.make.orders import NOON, order
from tests.make.tickets import customer

pytestmark = pytest.mark.django_db


def names(found):
    return [(facts.shop, facts.number) for facts in found]


def test_orders_are_found_by_pairs_in_the_order_asked():
    order(number="A-1")
    order(number="A-1", shop="us")
    order(number="A-2")

    found = orders_named([("us", "A-1"), ("eu", "A-2"), ("eu", "A-9"), ("us", "A-1")])

    assert names(found) == [("us", "A-1"), ("eu", "A-2")]
    assert orders_named([]) == []


def test_orders_are_found_by_number_however_it_is_spelled():
    order(number="A-1")
    order(number="#2002", shop="us")
    order(number="a-1", shop="us")

    assert names(find_orders(["2002", "a-1"])) == [
        ("us", "#2002"),
        ("eu", "A-1"),
        ("us", "a-1"),
    ]
    assert find_orders(["", "'; --", "A-99"]) == []


def test_orders_of_a_closed_shop_are_not_found_by_number():
    order(number="A-1")
    Shop.objects.update(is_active=False)

    assert find_orders(["A-1"]) == []


def test_a_customers_orders_are_theirs_by_join_or_by_address_latest_first():
    order(number="A-1", email="ada@home.example", placed_at=NOON)
    ada = customer("ada@home.example")
    order(number="A-2", email="ADA@home.example", placed_at=NOON + timedelta(days=1))
    order(number="A-3", email="ada@home.example", placed_at=None)
    order(number="B-1", email="grace@home.example")

    found = orders_of_customer(ada.pk)

    assert names(found) == [("eu", "A-2"), ("eu", "A-1"), ("eu", "A-3")]
    assert {facts.customer_id for facts in found} == {ada.pk}
    assert len(orders_of_customer(ada.pk, limit=1)) == 1


def test_facts_carry_lines_shop_and_age():
    order(number="A-1")

    (facts,) = find_orders(["A-1"])

    assert (facts.shop_name, facts.fetched_at, facts.customer_id) == ("EU", NOON, None)
    assert facts.lines[0].title == "Mug"


@pytest.mark.parametrize("count", [1, 9])
def test_the_number_of_queries_does_not_grow(count, django_assert_num_queries):
    ada = customer("ada@home.example")
    numbers = [order().number for _ in range(count)]
    order(email="stray@home.example", number="S-1")

    with django_assert_num_queries(3):
        find_orders([*numbers, "S-1"])
    with django_assert_num_queries(2):
        orders_named([("eu", number) for number in numbers])
    with django_assert_num_queries(3):
        orders_of_customer(ada.pk)
