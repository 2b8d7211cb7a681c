"""Keeping the mirror: each order written once, newer facts over older ones, never the reverse."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.errors import NotFound, Refused
from apps.customers.rules import normal_identity
from apps.customers.services import customer_named
from apps.orders.events import OrderChanged
from apps.orders.models import Order, OrderLine, Shop
from apps.orders.rules import is_order_number
from apps.orders.types import LineFacts, OrderFacts

COPIED = (
    "status",
    "status_word",
    "placed_at",
    "currency",
    "total",
    "carrier",
    "tracking_number",
    "tracking_url",
    "shipped_at",
    "delivered_at",
)


class ShopClosed(Refused):
    """The shop was switched off."""

    message = "The shop {shop} is switched off here."


class NoOrderNumber(Refused):
    """What was given cannot be the number of an order."""

    message = "{number} cannot be an order number: 1 to 40 letters, digits, dots or dashes."


@dataclass(frozen=True)
class Mirrored:
    """The order as the mirror has it now, and what this call did."""

    order: Order
    created: bool
    changed: bool


def open_shop(slug: str) -> Shop:
    """The shop of that name. Raises NotFound, or ShopClosed when it is switched off."""
    shop = Shop.objects.filter(slug=slug).first()
    if shop is None:
        raise NotFound(thing="shop", key=slug)
    if not shop.is_active:
        raise ShopClosed(shop=slug)
    return shop


@transaction.atomic
def upsert_order(*, facts: OrderFacts, at: datetime) -> Mirrored:
    """Write what a shop says of an order; saying it again changes nothing.

    Facts that the shop wrote before those we hold are left aside. Callers at once take turns. The
    order joins the customer of its address, if one is known. Raises NotFound, ShopClosed or
    NoOrderNumber.
    """
    shop = open_shop(facts.shop)
    if not is_order_number(facts.number):
        raise NoOrderNumber(number=facts.number[:60])
    first = {"status": facts.status, "fetched_at": at, "checked_at": at}
    order, created = Order.objects.get_or_create(shop=shop, number=facts.number, defaults=first)
    order = locked(Order, order.pk)
    order.shop = shop
    if not created and is_older(facts, order):
        return Mirrored(order, created=False, changed=False)
    changed = write_facts(order, facts, at=at) | created
    if changed:
        publish(OrderChanged(shop=shop.slug, number=order.number, status=order.status))
    return Mirrored(order, created=created, changed=changed)


def mirror_orders(*, found: Iterable[OrderFacts], at: datetime) -> int:
    """Write what shops said of several orders; returns how many changed."""
    return sum(upsert_order(facts=facts, at=at).changed for facts in found)


def is_older(facts: OrderFacts, order: Order) -> bool:
    """Whether the shop itself says that these facts are older than ours."""
    theirs, ours = facts.source_updated_at, order.source_updated_at
    return theirs is not None and ours is not None and theirs < ours


def write_facts(order: Order, facts: OrderFacts, *, at: datetime) -> bool:
    """Bring a locked order up to date; tells whether more than the time of asking changed."""
    email = normal_identity("email", facts.email)
    owner = customer_named("email", email) if email else None
    wanted: dict[str, Any] = {name: getattr(facts, name) for name in COPIED}
    wanted |= {"email": email, "customer_id": owner.pk if owner else None}
    wanted["source_updated_at"] = facts.source_updated_at or order.source_updated_at
    changed = [name for name, value in wanted.items() if getattr(order, name) != value]
    for name in changed:
        setattr(order, name, wanted[name])
    order.fetched_at = max(at, order.fetched_at)
    order.checked_at = max(at, order.checked_at)
    order.save(update_fields=[*changed, "fetched_at", "checked_at"])
    return write_lines(order, facts.lines) or bool(set(changed) - {"source_updated_at"})


def write_lines(order: Order, lines: tuple[LineFacts, ...]) -> bool:
    """Replace an order's positions when they are others; tells whether they were."""
    names = ("sku", "title", "quantity", "unit_price")
    wanted = [tuple(getattr(line, name) for name in names) for line in lines]
    if list(order.lines.values_list(*names)) == wanted:
        return False
    order.lines.all().delete()
    rows = (OrderLine(order=order, **dict(zip(names, line, strict=True))) for line in wanted)
    OrderLine.objects.bulk_create(rows)
    return True
