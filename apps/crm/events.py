"""What the rest of the product may hear from the CRM."""

from dataclasses import dataclass

from apps.coordination.types import Event


@dataclass(frozen=True, kw_only=True)
class ContactChanged(Event):
    """The CRM told something new about a customer; ``changed`` names what."""

    customer_id: int
    connection: str
    external_id: str
    changed: tuple[str, ...]

    @property
    def stream(self) -> str:
        return f"customer:{self.customer_id}"
