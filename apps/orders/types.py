"""Orders as plain values: what a shop says, and what the mirror holds."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class LineFacts:
    """One position of an order."""

    sku: str = ""
    title: str
    quantity: int = 1
    unit_price: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """An order at one moment. ``fetched_at`` is None until the mirror holds it.

    ``status_word`` is the shop's own word, ``status`` ours. ``customer_id`` is known once the
    mirror joined the order with a customer by its address.
    """

    shop: str
    number: str
    status: str
    status_word: str = ""
    email: str = ""
    placed_at: datetime | None = None
    currency: str = ""
    total: Decimal | None = None
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    source_updated_at: datetime | None = None
    lines: tuple[LineFacts, ...] = ()
    shop_name: str = ""
    customer_id: int | None = None
    fetched_at: datetime | None = None
