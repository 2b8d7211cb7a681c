"""The life of a ticket, and of a message on its way out."""

from django.db.models import IntegerChoices, TextChoices

from apps.core.states import Moves


class TicketStatus(TextChoices):
    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold", "on hold"
    SOLVED = "solved"
    CLOSED = "closed"


MOVES: Moves = {
    TicketStatus.NEW: {
        TicketStatus.OPEN,
        TicketStatus.PENDING,
        TicketStatus.ON_HOLD,
        TicketStatus.SOLVED,
        TicketStatus.CLOSED,
    },
    TicketStatus.OPEN: {
        TicketStatus.PENDING,
        TicketStatus.ON_HOLD,
        TicketStatus.SOLVED,
        TicketStatus.CLOSED,
    },
    TicketStatus.PENDING: {
        TicketStatus.OPEN,
        TicketStatus.ON_HOLD,
        TicketStatus.SOLVED,
        TicketStatus.CLOSED,
    },
    TicketStatus.ON_HOLD: {
        TicketStatus.OPEN,
        TicketStatus.PENDING,
        TicketStatus.SOLVED,
        TicketStatus.CLOSED,
    },
    TicketStatus.SOLVED: {TicketStatus.OPEN, TicketStatus.CLOSED},
    TicketStatus.CLOSED: set(),
}

UNFINISHED = (
    TicketStatus.NEW,
    TicketStatus.OPEN,
    TicketStatus.PENDING,
    TicketStatus.ON_HOLD,
)


class Priority(IntegerChoices):
    LOW = 1, "low"
    NORMAL = 2, "normal"
    HIGH = 3, "high"
    URGENT = 4, "urgent"


class MessageKind(TextChoices):
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    NOTE = "note"


class Delivery(TextChoices):
    NONE = "", "not sent"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt", "in doubt"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"


DELIVERY_MOVES: Moves = {
    Delivery.NONE: set(),
    Delivery.QUEUED: {
        Delivery.SENDING,
        Delivery.SENT,
        Delivery.FAILED,
        Delivery.IN_DOUBT,
        Delivery.WITHDRAWN,
    },
    Delivery.SENDING: {
        Delivery.SENT,
        Delivery.FAILED,
        Delivery.IN_DOUBT,
        Delivery.QUEUED,
        Delivery.BOUNCED,
    },
    Delivery.SENT: {Delivery.BOUNCED},
    Delivery.FAILED: {Delivery.QUEUED, Delivery.SENDING, Delivery.SENT, Delivery.IN_DOUBT},
    Delivery.IN_DOUBT: {
        Delivery.QUEUED,
        Delivery.SENDING,
        Delivery.SENT,
        Delivery.FAILED,
        Delivery.BOUNCED,
    },
    Delivery.BOUNCED: set(),
    Delivery.WITHDRAWN: set(),
}


class Verdict(TextChoices):
    """What is known of a file that came with a message."""

    UNCHECKED = "", "not checked"
    WAITING = "waiting", "being checked"
    CLEAN = "clean"
    INFECTED = "infected"
    BLOCKED = "blocked"
    UNREADABLE = "unreadable", "could not be checked"


WITHHELD: dict[str, str] = {
    Verdict.WAITING: "It is being checked for viruses. Try again in a moment.",
    Verdict.INFECTED: "It is kept back, for a virus was found in it: {note}.",
    Verdict.BLOCKED: "It is kept back. {note}",
}
"""Why nobody gets a file with one of these verdicts."""
