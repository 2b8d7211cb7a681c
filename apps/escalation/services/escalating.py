"""Escalating a ticket: once for each promise and level, and only while it holds."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from apps.core.db import locked
from apps.escalation.models import Escalation
from apps.escalation.queries import (
    aim_of,
    deadline_of,
    facts_of,
    is_awaited,
    overdue_untold,
)
from apps.escalation.rules import FIRST_RESPONSE, PAST, Clock, clocks, in_words, level_at
from apps.escalation.types import Escalated, Outlook
from apps.tickets.models import Ticket
from apps.tickets.services.changing import change_priority, mark_escalated
from apps.tickets.states import Priority

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""The flow that watches a ticket is given this long before somebody else does its work."""


@transaction.atomic
def look(*, ticket_id: int, at: datetime) -> Outlook:
    """How a ticket's promises stand; over once it is solved, closed or spam."""
    ticket = locked(Ticket, ticket_id)
    if not is_awaited(ticket):
        return Outlook(over=True)
    coming = deadline_of(ticket, at=at)
    if coming is None:
        return Outlook(over=False)
    return Outlook(over=False, promise=coming.promise, level=coming.level, at=coming.at)


@transaction.atomic
def escalate(*, ticket_id: int, promise: str, level: str, at: datetime) -> Escalated:
    """Record that a promise is near or past, mark the ticket, and raise its priority when past.

    The second call for one promise, level and clock changes nothing, and neither does one whose
    reason has gone: answered, solved, due later by now, or past instead of near. Publishes
    TicketEscalated.
    """
    ticket = locked(Ticket, ticket_id)
    facts, aim = facts_of(ticket), aim_of(ticket)
    running = {clock.promise: clock for clock in clocks(facts, aim)}
    clock = running.get(promise)
    if clock is None or level_at(clock, at) != level:
        return Escalated(escalation_id=None, fresh=False)
    new = min(ticket.priority + 1, Priority.URGENT) if level == PAST else ticket.priority
    why = reason(ticket, clock, at=at)
    made, fresh = Escalation.objects.get_or_create(
        ticket=ticket,
        promise=promise,
        level=level,
        since=clock.since,
        defaults={
            "due_at": clock.due_at,
            "why": why,
            "old_priority": ticket.priority,
            "new_priority": new,
            "at": at,
        },
    )
    if fresh:
        mark_escalated(ticket_id=ticket_id, promise=promise, level=level, why=why, at=at)
        change_priority(ticket_id=ticket_id, priority=new, why=why, at=at)
    return Escalated(escalation_id=made.pk, fresh=fresh)


def reason(ticket: Ticket, clock: Clock, *, at: datetime) -> str:
    """Why a ticket is escalated, in a sentence."""
    what = "first response" if clock.promise == FIRST_RESPONSE else "solution"
    due = f"{clock.due_at:%Y-%m-%d %H:%M} UTC"
    promised = f"{Priority(ticket.priority).label}: within {in_words(clock.due_at - clock.since)}"
    if clock.due_at <= at:
        return f"The {what} was due at {due}, {in_words(at - clock.due_at)} ago ({promised})."
    return f"The {what} is due at {due}, in {in_words(clock.due_at - at)} ({promised})."


def check_promises(*, at: datetime, limit: int = 200) -> int:
    """Escalate what the watching flows have missed; returns how many tickets that were.

    Should always be none: the flows' timers are rows. This is the belt beside the braces.
    """
    missed = overdue_untold(at=at - GRACE, limit=limit)
    for ticket in missed:
        catch_up(ticket.pk, at=at)
    if missed:
        log.warning("%s tickets were past due and nobody had been told.", len(missed))
    return len(missed)


@transaction.atomic
def catch_up(ticket_id: int, *, at: datetime) -> None:
    """Escalate everything of a ticket that is past."""
    ticket = locked(Ticket, ticket_id)
    for clock in clocks(facts_of(ticket), aim_of(ticket)):
        if clock.due_at <= at:
            escalate(ticket_id=ticket_id, promise=clock.promise, level=PAST, at=at)
