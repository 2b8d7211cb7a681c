"""What the rest of the product may hear from tickets: each ticket's append-only timeline."""

from dataclasses import dataclass

from apps.coordination.types import Event


@dataclass(frozen=True, kw_only=True)
class TicketEvent(Event):
    """Something that happened to one ticket."""

    ticket_id: int

    @property
    def stream(self) -> str:
        return f"ticket:{self.ticket_id}"


@dataclass(frozen=True, kw_only=True)
class TicketOpened(TicketEvent):
    customer_id: int
    channel: str
    priority: int
    follows_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class MessageReceived(TicketEvent):
    """A customer wrote; ``first`` when it opened the ticket."""

    message_id: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class ReplyWritten(TicketEvent):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class NoteWritten(TicketEvent):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class DeliveryChanged(TicketEvent):
    message_id: int
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class StatusChanged(TicketEvent):
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class TicketSolved(TicketEvent):
    """Said beside StatusChanged, for those who only wait for this."""


@dataclass(frozen=True, kw_only=True)
class TicketReopened(TicketEvent):
    """A solved ticket is to be worked on again: its promises about time begin anew."""


@dataclass(frozen=True, kw_only=True)
class PriorityChanged(TicketEvent):
    old: int
    new: int


@dataclass(frozen=True, kw_only=True)
class OwnerChanged(TicketEvent):
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True)
class TeamChanged(TicketEvent):
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True)
class TagsChanged(TicketEvent):
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LabelChanged(TicketEvent):
    """What the ticket is about was settled, by a model that was sure or by a person."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class OrderFound(TicketEvent):
    source: str
    number: str
    belongs: bool


@dataclass(frozen=True, kw_only=True)
class TicketEscalated(TicketEvent):
    """A promise about time is near or past; ``promise`` is first_response or resolution."""

    promise: str
    level: str
