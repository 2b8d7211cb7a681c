"""What stories tell each other about a ticket."""

from dataclasses import dataclass

from apps.tickets.events import TicketEvent


@dataclass(frozen=True, kw_only=True)
class OrdersWanted(TicketEvent):
    """A message names orders that the mirror does not hold."""

    message_id: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShopsAsked(TicketEvent):
    """Every shop has said whether it knows them."""

    message_id: int
    found: tuple[str, ...]
