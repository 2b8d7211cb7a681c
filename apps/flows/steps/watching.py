"""The steps of watching a ticket's promises: they read the clock for the services."""

from dataclasses import replace
from datetime import datetime, timedelta

from apps.coordination.events import moment, start_run
from apps.coordination.ledger import database_now
from apps.escalation import services
from apps.escalation.types import Escalated, Outlook
from apps.tickets.events import TicketEvent


def look(*, ticket_id: int) -> Outlook:
    """How the ticket's promises stand now, and how long the next one has."""
    at = moment()
    outlook = services.look(ticket_id=ticket_id, at=at)
    return replace(outlook, within=time_until(outlook.at, at=at))


def escalate(*, ticket_id: int, promise: str, level: str) -> Escalated:
    """Escalate it now, if the promise is still in danger."""
    at = moment()
    return services.escalate(ticket_id=ticket_id, promise=promise, level=level, at=at)


def time_until(coming: datetime | None, *, at: datetime) -> timedelta | None:
    """How long it is until then by the database's clock; None when nothing is coming.

    What an old story promised for a time that is over by now, it waits for as long as it would
    have then; otherwise it would look again and again.
    """
    if coming is None:
        return None
    left = coming - database_now()
    return left if left > timedelta() else max(timedelta(), coming - at)


def watch_on(*, flow: str, ticket_id: int) -> int:
    """Let a fresh run take over, so that no run's memory grows without bounds."""
    ticket = TicketEvent(ticket_id=ticket_id)
    return start_run(flow=flow, key=ticket.stream, input=ticket)
