"""What the product needs from a shop."""

from typing import Protocol

from apps.orders.types import OrderFacts


class ShopReader(Protocol):
    """A shop that can be asked for one order."""

    def fetch(self, number: str, *, seconds: float) -> OrderFacts | None:
        """The order as the shop has it, or None when it knows no such order.

        Raises Unavailable when it cannot tell now, Refused when asking again will not help.
        """
        ...
