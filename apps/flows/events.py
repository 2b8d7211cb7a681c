"""What stories tell each other about a ticket."""

from dataclasses import dataclass

from apps.tickets.events import TicketEvent


@dataclass(frozen=True, kw_only=True)
class OrdersWanted(TicketEvent):
    """A message names orders that the mirror does not hold; this shop is asked for them."""

    message_id: int
    shop: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShopAsked(TicketEvent):
    """One shop has said which of them it knows."""

    message_id: int
    shop: str
    found: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShopsAsked(TicketEvent):
    """Every shop that was asked has answered."""

    message_id: int
    found: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NoteWanted(TicketEvent):
    """One CRM is to hear of a ticket; ``kind`` says on what occasion."""

    connection: str
    kind: str
