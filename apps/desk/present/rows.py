"""Rows of the ticket list."""

from dataclasses import dataclass, field
from datetime import datetime

from apps.core.moments import Moment, moment
from apps.desk.place import Place
from apps.desk.present.dues import Due
from apps.desk.present.looks import PRIORITY, STATUS, Look
from apps.desk.present.people import Face, face
from apps.tickets.models import Ticket
from apps.tickets.states import UNFINISHED, Delivery, MessageKind, Priority, TicketStatus

FATES: dict[str, Look] = {
    Delivery.FAILED: Look(slug="failed", name="Reply not sent", icon="circle-x", tone="bad"),
    Delivery.IN_DOUBT: Look(
        slug="in_doubt", name="Reply in doubt", icon="circle-alert", tone="warn"
    ),
    Delivery.BOUNCED: Look(slug="bounced", name="Reply came back", icon="circle-x", tone="bad"),
}
"""What a row says of a last reply that did not arrive, or may not have."""

EARLIER = Look(slug="in_doubt", name="Earlier reply in doubt", icon="circle-alert", tone="warn")
"""What it says of one that others followed."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One ticket as a line of the list."""

    number: int
    url: str
    sender: str
    subject: str
    preview: str
    via: str
    status: Look
    priority: Look
    label: str
    team: str
    owner: Face | None
    escalated: bool
    due: Due | None
    at: Moment
    tone: str
    fates: list[Look] = field(default_factory=list)


def row(ticket: Ticket, place: Place, *, at: datetime, due: Due | None = None) -> Row:
    """Show one ticket; its customer, owner and team are already there."""
    return Row(
        number=ticket.pk,
        url=place.ticket_url(ticket.pk),
        sender=ticket.customer.name,
        subject=ticket.subject,
        preview=ticket.preview,
        via=ticket.channel,
        status=STATUS[TicketStatus(ticket.status)],
        priority=PRIORITY[Priority(ticket.priority)],
        label=readable(ticket.label),
        team=ticket.team.name if ticket.team else "",
        owner=face(str(ticket.owner)) if ticket.owner else None,
        escalated=ticket.escalated_at is not None and ticket.status in UNFINISHED,
        due=due,
        at=moment(ticket.updated_at, at=at),
        tone=tone(ticket),
        fates=fates(ticket),
    )


def fates(ticket: Ticket) -> list[Look]:
    """What went wrong with its replies, the last one first, where that was read with it."""
    answer = getattr(ticket, "answer", "")
    last = [FATES[answer]] if answer in FATES else []
    is_older = getattr(ticket, "doubt", False) and answer != Delivery.IN_DOUBT
    return [*last, EARLIER] if is_older else last


def tone(ticket: Ticket) -> str:
    """Dark when the customer waits for us, pale when it is over."""
    if ticket.status not in UNFINISHED:
        return "row-done"
    new = ticket.status in (TicketStatus.NEW, TicketStatus.OPEN)
    unanswered = ticket.last_message_kind == MessageKind.INCOMING or is_lost(ticket)
    return "row-waiting" if new and unanswered else ""


def is_lost(ticket: Ticket) -> bool:
    """Whether the last reply reached nobody, where that was read with the ticket."""
    return getattr(ticket, "answer", "") in (Delivery.FAILED, Delivery.BOUNCED)


def readable(slug: str) -> str:
    """A label as people say it: ``order_status`` is Order status."""
    words = slug.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
