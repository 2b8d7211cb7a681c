"""What desks and flows read from the mirror; a fixed number of queries each."""

from collections.abc import Iterable, Sequence

from django.db.models import F, Q
from django.db.models.functions import Upper

from apps.customers.models import Identity
from apps.orders.models import Order, OrderQuerySet, Shop
from apps.orders.rules import spelled
from apps.orders.states import Adapter
from apps.orders.types import LineFacts, OrderFacts

MOST_NUMBERS = 50


def orders_named(pairs: Iterable[tuple[str, str]]) -> list[OrderFacts]:
    """The orders of these (shop, number) pairs, in the pairs' order; unknown ones are left out."""
    wanted = list(dict.fromkeys(pairs))[:MOST_NUMBERS]
    if not wanted:
        return []
    each = [Q(shop__slug=shop, number=number) for shop, number in wanted]
    found = Order.objects.filter(Q(*each, _connector=Q.OR))
    return sorted(facts(found), key=lambda order: wanted.index((order.shop, order.number)))


def orders_of_customer(customer_id: int, limit: int = 10) -> list[OrderFacts]:
    """A customer's latest orders: joined ones, and those under one of the customer's addresses."""
    emails = Identity.objects.filter(customer_id=customer_id, kind="email").values_list(
        "value", flat=True
    )
    own = Order.objects.filter(Q(customer_id=customer_id) | Q(email__in=list(emails)))
    return facts(own.order_by(F("placed_at").desc(nulls_last=True), "-pk")[:limit])


def find_orders(numbers: Sequence[str]) -> list[OrderFacts]:
    """The mirrored orders of these numbers in every active shop, however they are spelled."""
    wanted = list(dict.fromkeys(spelled(number) for number in numbers))[:MOST_NUMBERS]
    spellings = [form for number in wanted for form in (number, f"#{number}")]
    found = Order.objects.annotate(upper=Upper("number")).filter(
        upper__in=spellings, shop__is_active=True
    )
    place = {number: turn for turn, number in enumerate(wanted)}
    return sorted(facts(found), key=lambda order: (place[spelled(order.number)], order.shop))


def shops_to_ask() -> list[str]:
    """The slugs of the shops that can be asked; what others know, they have written to us."""
    asked = Shop.objects.filter(is_active=True).exclude(adapter=Adapter.PUSH)
    return list(asked.values_list("slug", flat=True))


def facts(orders: OrderQuerySet) -> list[OrderFacts]:
    """Orders as plain values, in three queries; who they belong to is seen by address too."""
    rows = list(orders.with_parts())
    strays = {row.email for row in rows if row.email and row.customer_id is None}
    owners = dict(
        Identity.objects.filter(kind="email", value__in=strays).values_list("value", "customer_id")
        if strays
        else ()
    )
    return [facts_of(row, row.customer_id or owners.get(row.email)) for row in rows]


def facts_of(order: Order, customer_id: int | None) -> OrderFacts:
    """One order as plain values."""
    lines = [
        LineFacts(
            sku=line.sku, title=line.title, quantity=line.quantity, unit_price=line.unit_price
        )
        for line in order.lines.all()
    ]
    return OrderFacts(
        shop=order.shop.slug,
        shop_name=order.shop.name,
        number=order.number,
        status=order.status,
        status_word=order.status_word,
        email=order.email,
        placed_at=order.placed_at,
        currency=order.currency,
        total=order.total,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        tracking_url=order.tracking_url,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        source_updated_at=order.source_updated_at,
        lines=tuple(lines),
        customer_id=customer_id,
        fetched_at=order.fetched_at,
    )
