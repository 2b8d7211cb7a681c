"""What the rest of the product may hear from orders."""

from dataclasses import dataclass

from apps.coordination.types import Event


@dataclass(frozen=True, kw_only=True)
class OrderChanged(Event):
    """The mirror holds a new order, or new facts of a known one."""

    shop: str
    number: str
    status: str

    @property
    def stream(self) -> str:
        return f"order:{self.shop}/{self.number}"
