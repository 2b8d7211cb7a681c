"""Changing a ticket from the desk: what somebody sent, held against what happened meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.models import Event
from apps.desk.merging import FIELDS, Change, Merged, merge, merge_tags
from apps.desk.queries.tickets import events_of
from apps.tickets.models import Ticket
from apps.tickets.services.changing import (
    assign_ticket,
    change_priority,
    change_status,
    change_team,
    set_tags,
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Changes that were not made, and the events that stood in their way."""

    fields: frozenset[str]
    events: list[Event]


def change_ticket(
    *,
    ticket: Ticket,
    posted: dict[str, Any],
    tags: list[str] | None,
    seen: int | None,
    by: User,
    at: datetime,
) -> Refusal | None:
    """Make the changes somebody meant, all or none.

    None when they were made; a refusal when somebody else changed the same property since the
    page was made. Raises IllegalMove, NotAnAgent, and Stale when a change came in between.
    """
    events = events_of(ticket, after=seen) if seen is not None else []
    since = [Change(type=event.type, payload=event.payload) for event in events]
    merged = merge(posted=posted, now=current(ticket), since=since)
    if merged.conflicts:
        return refusal(merged, events)
    wanted_tags = None
    if tags is not None:
        names = list(ticket.tags.values_list("name", flat=True))
        wanted_tags = merge_tags(posted=tags, now=names, since=since)
    make(ticket, merged, wanted_tags, by=by, at=at)
    return None


def current(ticket: Ticket) -> dict[str, Any]:
    """The properties as they are."""
    return {
        "status": ticket.status,
        "priority": ticket.priority,
        "owner": ticket.owner_id,
        "team": ticket.team_id,
    }


def refusal(merged: Merged, events: list[Event]) -> Refusal:
    """Name the events that changed the same properties."""
    in_the_way = [event for event in events if FIELDS.get(event.type) in merged.conflicts]
    return Refusal(fields=merged.conflicts, events=in_the_way)


@transaction.atomic
def make(
    ticket: Ticket, merged: Merged, tags: frozenset[str] | None, *, by: User, at: datetime
) -> None:
    """Call the services; the first one checks that the ticket is still the one that was read."""
    version: int | None = ticket.version
    for name, value in merged.wanted.items():
        change_one(ticket.pk, name, value, version=version, by=by, at=at)
        version = None
    if tags is not None:
        set_tags(ticket_id=ticket.pk, tags=tags, by=by, version=version, at=at)


def change_one(
    ticket_id: int, name: str, value: Any, *, version: int | None, by: User, at: datetime
) -> None:
    """Change one property."""
    if name == "status":
        change_status(ticket_id=ticket_id, status=value, by=by, version=version, at=at)
    elif name == "priority":
        change_priority(ticket_id=ticket_id, priority=value, by=by, version=version, at=at)
    elif name == "team":
        change_team(ticket_id=ticket_id, team_id=value, by=by, version=version, at=at)
    else:
        to = User.objects.filter(pk=value).first() if value else None
        assign_ticket(ticket_id=ticket_id, to=to, by=by, version=version, at=at)
