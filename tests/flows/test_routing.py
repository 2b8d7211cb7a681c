"""What the rules may ask of a ticket's order."""

from datetime import timedelta

import pytest

from apps.flows.steps.routing import USUAL_DELIVERY, is_delayed
from apps.orders.types import OrderFacts
from tests.make.orders import NOON

LONG = NOON - USUAL_DELIVERY - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"placed_at": LONG, "status": "shipped"}, True),
        ({"placed_at": NOON - USUAL_DELIVERY, "status": "shipped"}, False),
        ({"placed_at": LONG, "status": "delivered"}, False),
        ({"placed_at": LONG, "status": "cancelled"}, False),
        ({"placed_at": LONG, "status": "shipped", "delivered_at": NOON}, False),
        ({"placed_at": None, "status": "paid"}, False),
    ],
)
def test_an_order_is_delayed_when_it_should_have_arrived(fields, expected):
    assert is_delayed(OrderFacts(shop="s", number="1", **fields), at=NOON) == expected
