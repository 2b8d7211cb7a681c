"""Asking shops for orders."""

from time import monotonic

from apps.coordination.flows import Intent, Receiver, Unasked, outside
from apps.core.errors import Unavailable
from apps.orders.adapters.rest import RestShop
from apps.orders.adapters.sample import SampleShop
from apps.orders.models import Shop
from apps.orders.ports import ShopReader
from apps.orders.queries import find_orders
from apps.orders.rules import is_order_number
from apps.orders.services.mirroring import open_shop
from apps.orders.states import Adapter
from apps.orders.types import OrderFacts

MOST_ASKED = 10
PATIENCE = 5.0
UNLIKELY_NUMBER = "TEST-0"


class TimeIsOver(Unavailable):
    """There were more numbers than time."""

    counts = False
    message = "{shop} took {seconds:.0f} s; not everything was asked."


class Mirror:
    """A shop that writes to us and is never asked: what it said last is what it says."""

    def __init__(self, slug: str) -> None:
        self.slug = slug

    def fetch(self, number: str, *, seconds: float) -> OrderFacts | None:
        """What the mirror holds."""
        return next((order for order in find_orders([number]) if order.shop == self.slug), None)


def reader_for(shop: Shop) -> ShopReader:
    """The way to ask this shop."""
    if shop.adapter == Adapter.SAMPLE:
        return SampleShop(slug=shop.slug, opened_at=shop.created_at)
    if shop.adapter == Adapter.PUSH:
        return Mirror(shop.slug)
    return RestShop(
        slug=shop.slug,
        name=shop.name,
        base_url=shop.base_url,
        token=shop.token,
        mapping=shop.mapping,
    )


@outside(destination="shop:{shop}", receiver=Receiver.KEYED, timeout=10.0)
def look_up_order(intent: Intent, *, shop: str, number: str) -> OrderFacts | None:
    """Ask one shop for one order; None when it knows none. It only reads, so it may be repeated.

    Raises Unavailable, NotFound for an unknown shop, or Refused with the shop's reason.
    """
    if not is_order_number(number):
        raise Unasked(None)
    return reader_for(open_shop(shop)).fetch(number, seconds=intent.timeout)


@outside(destination="shop:{shop}", receiver=Receiver.KEYED, timeout=10.0, settled=[])
def look_up_orders(intent: Intent, *, shop: str, numbers: list[str]) -> list[OrderFacts]:
    """Ask one shop for these numbers (the first ten); returns what was found.

    Nothing is found in a shop that was switched off meanwhile. Raises Unavailable as soon as it
    cannot tell, so that no order is taken for unknown because its shop was down.
    """
    until = monotonic() + intent.timeout
    asked = [number for number in dict.fromkeys(numbers) if is_order_number(number)][:MOST_ASKED]
    active = Shop.objects.filter(slug=shop, is_active=True).first()
    if active is None or not asked:
        raise Unasked([])
    reader = reader_for(active)
    found = []
    for number in asked:
        left = until - monotonic()
        if left <= 0:
            raise TimeIsOver(shop=active.name, seconds=intent.timeout)
        found.append(reader.fetch(number, seconds=min(PATIENCE, left)))
    return [facts for facts in found if facts]


def try_shop(*, shop: Shop) -> str:
    """Ask a shop for its latest order and say in a sentence how that went.

    Raises Unavailable or Refused with the sentence when it went wrong.
    """
    latest = shop.orders.order_by("-pk").values_list("number", flat=True).first()
    number = latest or UNLIKELY_NUMBER
    begun = monotonic()
    facts = reader_for(shop).fetch(number, seconds=PATIENCE)
    took = f"{(monotonic() - begun) * 1000:.0f} ms"
    if facts is None:
        return f"{shop} answered in {took}; it knows no order {number}."
    return f"{shop} answered in {took}: order {facts.number} is {facts.status}."
