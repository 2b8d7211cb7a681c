"""Several changes at once, all or none, as a program asks for them in one request."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.customers.services import find_or_create_customer
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import (
    add_tags,
    assign_ticket,
    change_priority,
    change_status,
    change_team,
    set_tags,
)
from apps.tickets.services.conversing import write_note, write_reply
from apps.tickets.services.following import set_followers
from apps.tickets.services.keeping import hold_ticket, stored, with_content_stored
from apps.tickets.services.opening import open_ticket
from apps.tickets.services.spam import say_spam
from apps.tickets.states import MOVES, MessageKind, Priority, TicketStatus
from apps.tickets.types import NewAttachment, NewMessage


@transaction.atomic
def open_ticket_for(
    *,
    customer_id: int | None = None,
    email: str = "",
    name: str = "",
    subject: str,
    message: NewMessage,
    channel: str,
    team_id: int | None = None,
    priority: int = Priority.NORMAL,
    tags: Iterable[str] = (),
    by: User,
    at: datetime,
) -> Ticket:
    """Open a ticket for a customer known by id or by address; a new address makes a customer."""
    message = with_content_stored(message)
    if customer_id is None:
        customer_id = find_or_create_customer(value=email, name=name).pk
    ticket, _ = open_ticket(
        customer_id=customer_id,
        subject=subject,
        message=message,
        channel=channel,
        team_id=team_id,
        priority=priority,
        actor=f"user:{by.pk}",
        at=at,
    )
    if wanted := list(tags):
        add_tags(ticket_id=ticket.pk, tags=wanted, at=at)
    return ticket


@transaction.atomic
def edit_ticket(
    *,
    ticket_id: int,
    changes: Mapping[str, Any],
    by: User,
    why: str = "",
    version: int | None = None,
    at: datetime,
) -> None:
    """Set priority, team, owner, tags, status, followers, and whether it is spam, together.

    Raises Stale, IllegalMove, NotAnAgent and what ``follow`` raises; then nothing was changed.
    """
    hold_ticket(ticket_id, version=version)
    who: dict[str, Any] = {"ticket_id": ticket_id, "by": by, "why": why, "at": at}
    if "priority" in changes:
        change_priority(priority=changes["priority"], **who)
    if "team_id" in changes:
        change_team(team_id=changes["team_id"], **who)
    if "owner" in changes:
        assign_ticket(to=changes["owner"], **who)
    if "tags" in changes:
        set_tags(tags=changes["tags"], **who)
    if "status" in changes:
        change_status(status=changes["status"], **who)
    if "followers" in changes:
        set_followers(addresses=changes["followers"], **who)
    if "is_spam" in changes:
        say_spam(is_spam=changes["is_spam"], **who)


@transaction.atomic
def answer_ticket(
    *,
    ticket_id: int,
    kind: str,
    text: str,
    by: User,
    key: str,
    status: str | None = None,
    attachments: Iterable[NewAttachment] = (),
    version: int | None = None,
    at: datetime,
    **of_a_reply: Any,
) -> Message:
    """Write a reply, or a note; without a status a reply waits for the customer if it can.

    What else belongs to a reply (``cc``, ``quotes``, …) is what ``write_reply`` takes.
    The second call with a key returns the first one's message and changes nothing.
    """
    files = stored(attachments)
    ticket = hold_ticket(ticket_id, version=version)
    if kind == MessageKind.NOTE:
        return write_note(ticket_id=ticket_id, text=text, by=by, key=key, at=at)
    return write_reply(
        ticket_id=ticket_id,
        text=text,
        by=by,
        key=key,
        attachments=files,
        status=status or status_after_reply(ticket.status),
        at=at,
        **of_a_reply,
    )


def status_after_reply(status: str) -> str:
    """A reply waits for the customer, except on a ticket that is solved."""
    return TicketStatus.PENDING if TicketStatus.PENDING in MOVES[status] else status
