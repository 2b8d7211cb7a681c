"""What the rest of the product may hear from reviews, in the story of their ticket."""

from dataclasses import dataclass

from apps.tickets.events import TicketEvent


@dataclass(frozen=True, kw_only=True)
class ReviewOpened(TicketEvent):
    """A person has to look at a verdict."""

    review_id: int
    suggested: str


@dataclass(frozen=True, kw_only=True)
class ReviewDecided(TicketEvent):
    """A person decided: ``outcome`` is approved, corrected or rejected (then without a label)."""

    review_id: int
    label: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ReviewExpired(TicketEvent):
    """Nobody looked at it in time."""

    review_id: int


@dataclass(frozen=True, kw_only=True)
class ReviewWithdrawn(TicketEvent):
    """Nobody has to look at it any more: what it is about was settled in another way."""

    review_id: int
