"""What people change about a ticket: status, owner, team, priority, tags, label."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.core.errors import Refused
from apps.core.states import check_move
from apps.core.text import one_line
from apps.tickets.events import (
    LabelChanged,
    OrderFound,
    OwnerChanged,
    PriorityChanged,
    StatusChanged,
    TagsChanged,
    TeamChanged,
    TicketEscalated,
    TicketReopened,
    TicketSolved,
)
from apps.tickets.models import OrderMention, Tag, Ticket
from apps.tickets.services.keeping import change_of, hold_ticket, save_ticket
from apps.tickets.states import MOVES, TicketStatus


class NotAnAgent(Refused):
    """Tickets are owned by people who may use the desk."""

    message = "{person} may not work on tickets."


def actor(by: User | None) -> str:
    """How the timeline names somebody; nobody means the running flow."""
    return f"user:{by.pk}" if by else ""


@transaction.atomic
def change_status(
    *,
    ticket_id: int,
    status: str,
    by: User | None = None,
    why: str = "",
    version: int | None = None,
    at: datetime,
) -> Ticket:
    """Move a ticket to another status; the same one changes nothing. Raises IllegalMove, Stale."""
    ticket = hold_ticket(ticket_id, version=version)
    if ticket.status != status:
        save_ticket(ticket, *set_status(ticket, status, by=by, why=why, at=at), at=at)
    return ticket


def set_status(
    ticket: Ticket, status: str, *, by: User | None, why: str = "", at: datetime
) -> tuple[str, ...]:
    """Set the status of a locked ticket and publish it; returns the fields to save."""
    check_move(ticket, ticket.status, status, MOVES)
    old, ticket.status = ticket.status, status
    ticket.solved_at = at if status == TicketStatus.SOLVED else ticket.solved_at
    if status not in (TicketStatus.SOLVED, TicketStatus.CLOSED):
        ticket.solved_at = None
    event = StatusChanged(**change_of(ticket, at=at), old=old, new=status)
    publish(event, actor=actor(by), why=why)
    if status == TicketStatus.SOLVED:
        publish(TicketSolved(ticket_id=ticket.pk, spam=ticket.is_spam), actor=actor(by), why=why)
    if old == TicketStatus.SOLVED and status != TicketStatus.CLOSED:
        publish(TicketReopened(ticket_id=ticket.pk), actor=actor(by), why=why)
    return ("status", "solved_at")


@transaction.atomic
def assign_ticket(
    *,
    ticket_id: int,
    to: User | None,
    by: User | None = None,
    why: str = "",
    version: int | None = None,
    at: datetime,
) -> Ticket:
    """Give a ticket to an agent, or to nobody. Raises NotAnAgent, Stale."""
    ticket = hold_ticket(ticket_id, version=version)
    if to is not None and not (to.is_active and to.has_perm("accounts.use_desk")):
        raise NotAnAgent(person=str(to))
    old, new = ticket.owner_id, to.pk if to else None
    if old != new:
        ticket.owner = to
        event = OwnerChanged(**change_of(ticket, at=at), old=old, new=new)
        publish(event, actor=actor(by), why=why)
        save_ticket(ticket, "owner", at=at)
    return ticket


@transaction.atomic
def change_team(
    *,
    ticket_id: int,
    team_id: int | None,
    by: User | None = None,
    why: str = "",
    version: int | None = None,
    at: datetime,
) -> Ticket:
    """Give a ticket to a team."""
    ticket = hold_ticket(ticket_id, version=version)
    old = ticket.team_id
    if old != team_id:
        ticket.team_id = team_id
        event = TeamChanged(**change_of(ticket, at=at), old=old, new=team_id)
        publish(event, actor=actor(by), why=why)
        save_ticket(ticket, "team", at=at)
    return ticket


@transaction.atomic
def change_priority(
    *,
    ticket_id: int,
    priority: int,
    by: User | None = None,
    why: str = "",
    version: int | None = None,
    at: datetime,
) -> Ticket:
    """Set how urgent a ticket is; its promises about time follow."""
    ticket = hold_ticket(ticket_id, version=version)
    old = ticket.priority
    if old != priority:
        ticket.priority = priority
        event = PriorityChanged(**change_of(ticket, at=at), old=old, new=priority)
        publish(event, actor=actor(by), why=why)
        save_ticket(ticket, "priority", at=at)
    return ticket


@transaction.atomic
def set_tags(
    *,
    ticket_id: int,
    tags: Iterable[str],
    by: User | None = None,
    why: str = "",
    version: int | None = None,
    at: datetime,
) -> Ticket:
    """Make these the ticket's tags; unknown ones come to exist."""
    ticket = hold_ticket(ticket_id, version=version)
    wanted = {clean for tag in tags if (clean := one_line(tag, 40).casefold())}
    had = set(ticket.tags.values_list("name", flat=True))
    if wanted != had:
        Tag.objects.bulk_create([Tag(name=tag) for tag in wanted - had], ignore_conflicts=True)
        ticket.tags.set(Tag.objects.filter(name__in=wanted))
        event = TagsChanged(
            **change_of(ticket, at=at),
            added=tuple(sorted(wanted - had)),
            removed=tuple(sorted(had - wanted)),
        )
        publish(event, actor=actor(by), why=why)
        save_ticket(ticket, at=at)
    return ticket


def add_tags(*, ticket_id: int, tags: Iterable[str], why: str = "", at: datetime) -> Ticket:
    """Put tags on a ticket beside those it has."""
    with transaction.atomic():
        ticket = hold_ticket(ticket_id)
        had = ticket.tags.values_list("name", flat=True)
        return set_tags(ticket_id=ticket_id, tags=[*had, *tags], why=why, at=at)


@transaction.atomic
def settle_label(
    *,
    ticket_id: int,
    label: str,
    language: str = "",
    by: User | None = None,
    why: str,
    at: datetime,
) -> Ticket:
    """Record what a ticket is about: a sure model said so, or a person. Again changes nothing."""
    ticket = hold_ticket(ticket_id)
    old, spoken = ticket.label, language or ticket.language
    if (label, spoken) != (old, ticket.language):
        ticket.label, ticket.language = label, spoken
        event = LabelChanged(**change_of(ticket, at=at), old=old, new=label, language=spoken)
        publish(event, actor=actor(by), why=why)
        save_ticket(ticket, "label", "language", at=at)
    return ticket


@transaction.atomic
def mention_order(
    *, ticket_id: int, source: str, number: str, belongs: bool, at: datetime
) -> OrderMention:
    """Join a ticket with an order of the mirror; the second time changes nothing."""
    ticket = hold_ticket(ticket_id)
    mention, fresh = OrderMention.objects.get_or_create(
        ticket=ticket, source=source, number=number, defaults={"belongs": belongs}
    )
    if fresh:
        change = change_of(ticket, at=at)
        publish(OrderFound(**change, source=source, number=number, belongs=belongs))
        save_ticket(ticket, at=at)
    return mention


@transaction.atomic
def mark_escalated(*, ticket_id: int, promise: str, level: str, why: str, at: datetime) -> Ticket:
    """Show on the ticket that a promise about time is in danger."""
    ticket = hold_ticket(ticket_id)
    ticket.escalated_at = at
    event = TicketEscalated(**change_of(ticket, at=at), promise=promise, level=level)
    publish(event, why=why)
    save_ticket(ticket, "escalated_at", at=at)
    return ticket
