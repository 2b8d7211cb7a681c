"""How states look: a shape first, then a colour, always with a word."""

from dataclasses import dataclass

from apps.tickets.states import Delivery, Priority, TicketStatus


@dataclass(frozen=True, kw_only=True)
class Look:
    """A state as icon, tone and word."""

    slug: str
    name: str
    icon: str
    tone: str = ""
    loud: bool = False


STATUS = {
    TicketStatus.NEW: Look(slug="new", name="New", icon="circle-dot"),
    TicketStatus.OPEN: Look(slug="open", name="Open", icon="circle"),
    TicketStatus.PENDING: Look(slug="pending", name="Pending", icon="clock"),
    TicketStatus.ON_HOLD: Look(slug="on_hold", name="On hold", icon="circle-pause"),
    TicketStatus.SOLVED: Look(slug="solved", name="Solved", icon="circle-check"),
    TicketStatus.CLOSED: Look(slug="closed", name="Closed", icon="archive"),
}

PRIORITY = {
    Priority.LOW: Look(slug="low", name="Low", icon="signal-low"),
    Priority.NORMAL: Look(slug="normal", name="Normal", icon="signal-medium"),
    Priority.HIGH: Look(
        slug="high", name="High priority", icon="signal-high", tone="tone-warn", loud=True
    ),
    Priority.URGENT: Look(slug="urgent", name="Urgent", icon="flame", tone="tone-bad", loud=True),
}

DELIVERY = {
    Delivery.QUEUED: Look(slug="queued", name="Queued", icon="clock"),
    Delivery.SENDING: Look(slug="sending", name="Sending", icon="loader-circle"),
    Delivery.SENT: Look(slug="sent", name="Sent", icon="check"),
    Delivery.FAILED: Look(slug="failed", name="Not sent", icon="circle-x", tone="bad"),
    Delivery.IN_DOUBT: Look(
        slug="in_doubt", name="Not known whether it was sent", icon="circle-alert", tone="warn"
    ),
    Delivery.BOUNCED: Look(slug="bounced", name="Came back", icon="circle-x", tone="bad"),
    Delivery.WITHDRAWN: Look(slug="withdrawn", name="Taken back", icon="x"),
}

CHANNELS = {"mail": "mail", "form": "globe", "api": "code", "webhook": "webhook"}


def channel(name: str) -> Look:
    """The way a message came in."""
    return Look(slug=name, name=name, icon=CHANNELS.get(name, "globe"))
