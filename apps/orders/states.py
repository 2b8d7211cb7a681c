"""Words of orders: what may have become of one, and ways to reach a shop."""

from django.db.models import TextChoices


class OrderStatus(TextChoices):
    """Where an order is. A mirror follows its shop: every move is allowed."""

    PENDING = "pending"
    PAID = "paid"
    PROCESSING = "processing"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


SETTLED = frozenset(
    {OrderStatus.DELIVERED, OrderStatus.RETURNED, OrderStatus.REFUNDED, OrderStatus.CANCELLED}
)
"""Orders that hardly change any more: looked up when asked for, not refreshed by the clock."""


class Adapter(TextChoices):
    """How a shop is reached."""

    REST = "rest", "REST: any JSON shop, by a mapping"
    PUSH = "push", "push: the shop writes to our API and is never asked"
    SAMPLE = "sample", "sample: a made-up shop inside this product"
