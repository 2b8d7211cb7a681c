"""Writing on a ticket from the desk: which service, which status after it, which news before."""

from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.coordination.models import Event
from apps.desk.queries.tickets import events_of
from apps.tickets.models import Message, Ticket
from apps.tickets.services.conversing import write_note, write_reply
from apps.tickets.states import MOVES, TicketStatus

NEWS = {"MessageReceived", "ReplyWritten"}


def write(
    *, ticket: Ticket, sent: dict[str, Any], by: User, at: datetime, **of_a_reply: Any
) -> Message:
    """Send a reply or keep a note; the same key from the same person writes once.

    A reply waits for as long as its author likes to have for taking it back.
    """
    key = f"desk:{by.pk}:{sent['key']}"
    if sent["kind"] == "note":
        return write_note(ticket_id=ticket.pk, text=sent["text"], by=by, key=key, at=at)
    return write_reply(
        ticket_id=ticket.pk,
        text=sent["text"],
        by=by,
        key=key,
        status=status_after(ticket, solve=sent["then"] == "solve"),
        quotes=sent["quotes"],
        hold_seconds=by.undo_seconds,
        at=at,
        **of_a_reply,
    )


def status_after(ticket: Ticket, *, solve: bool) -> str:
    """A reply waits for the customer, or ends it; a solved ticket stays solved."""
    status = TicketStatus(ticket.status)
    if solve:
        return TicketStatus.SOLVED
    return TicketStatus.PENDING if TicketStatus.PENDING in MOVES[status] else status


def news_since(ticket: Ticket, sent: dict[str, Any], me: User) -> list[Event]:
    """What others said on the ticket since the page was made, if a reply may cross with it.

    A reply that was written already, a double click, is no reason to ask again.
    """
    if sent["kind"] == "note" or sent["seen"] is None:
        return []
    if Message.objects.filter(key=f"desk:{me.pk}:{sent['key']}").exists():
        return []
    return [
        event
        for event in events_of(ticket, after=sent["seen"])
        if event.type in NEWS
        and event.actor != f"user:{me.pk}"
        and not event.payload.get("automatic")
    ]
