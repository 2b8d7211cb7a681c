"""Builders for shops and orders: say only what matters."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from apps.orders.models import Order, Shop
from apps.orders.services.mirroring import upsert_order
from apps.orders.states import Adapter
from apps.orders.types import LineFacts, OrderFacts

numbers = count(1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAPPING = {
    "path": "/orders/{number}",
    "root": "order",
    "number": "name",
    "status": "state",
    "status_words": {"on its way": "shipped"},
    "email": "customer.email",
    "total": "total",
    "currency": "currency",
    "updated_at": "changed",
    "tracking_url": "track",
    "lines": "items",
    "line.title": "title",
    "line.quantity": "count",
    "line.unit_price": "price",
}


def shop(slug: str = "", **fields) -> Shop:
    """A shop that writes to us."""
    name = slug or f"shop{next(numbers)}"
    defaults = {"name": name.upper(), "adapter": Adapter.PUSH}
    return Shop.objects.get_or_create(slug=name, defaults=defaults | fields)[0]


def rest_shop(server, slug: str = "", **fields) -> Shop:
    """A shop behind a test's HTTP server."""
    address = server.url_for("").rstrip("/")
    defaults = {"adapter": Adapter.REST, "base_url": address, "mapping": MAPPING}
    return shop(slug, **defaults | {"token": "tok-4711-very-secret"} | fields)


def facts(**fields) -> OrderFacts:
    """What a shop says of an order."""
    defaults = {
        "shop": "eu",
        "number": "A-1042",
        "status": "shipped",
        "status_word": "on its way",
        "email": "ada@home.example",
        "placed_at": NOON,
        "currency": "EUR",
        "total": Decimal("29.00"),
        "lines": (LineFacts(sku="MUG", title="Mug", quantity=2, unit_price=Decimal("14.50")),),
    }
    return OrderFacts(**defaults | fields)


def order(at: datetime = NOON, **fields) -> Order:
    """An order in the mirror, in a shop made for it."""
    shop(fields.setdefault("shop", "eu"))
    fields.setdefault("number", f"A-{next(numbers)}")
    return upsert_order(facts=facts(**fields), at=at).order
