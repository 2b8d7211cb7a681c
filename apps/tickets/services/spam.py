"""Saying that a ticket is spam, or none after all: only then its messages are worked on."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.coordination.models import Event
from apps.tickets.events import (
    MessageAccepted,
    MessageReceived,
    MessageSetAside,
    MessageTakenUpAgain,
    SpamChanged,
)
from apps.tickets.models import Ticket
from apps.tickets.services.changing import actor
from apps.tickets.services.keeping import change_of, hold_ticket, save_ticket

TOLD = [each.name for each in (MessageReceived, MessageAccepted, MessageSetAside)]
TOLD.append(MessageTakenUpAgain.name)
"""What says of a message whether it waits for the ticket to be no spam."""


@transaction.atomic
def mark_spam(*, ticket_id: int, by: User | None, why: str = "", at: datetime) -> Ticket:
    """Put a ticket aside: no list but that of spam shows it. The second time changes nothing."""
    return set_spam(hold_ticket(ticket_id), is_spam=True, by=by, why=why, at=at)


@transaction.atomic
def clear_spam(*, ticket_id: int, by: User | None, why: str = "", at: datetime) -> Ticket:
    """Say that a ticket is no spam. Each message that came as spam is accepted now, once.

    One that was understood or put before a person when the ticket was called spam begins again.
    """
    ticket = hold_ticket(ticket_id)
    if ticket.is_spam:
        set_spam(ticket, is_spam=False, by=by, why=why, at=at)
        for said in held_back(ticket):
            publish(said, actor=actor(by))
    return ticket


def say_spam(
    *, ticket_id: int, is_spam: bool, by: User | None, why: str = "", at: datetime
) -> Ticket:
    """Say which of the two a ticket is."""
    say = mark_spam if is_spam else clear_spam
    return say(ticket_id=ticket_id, by=by, why=why, at=at)


def set_spam(ticket: Ticket, *, is_spam: bool, by: User | None, why: str, at: datetime) -> Ticket:
    """Save what a locked ticket is taken for, and publish it where that is news."""
    old, ticket.is_spam = ticket.is_spam, is_spam
    if old != is_spam:
        event = SpamChanged(**change_of(ticket, at=at), old=old, new=is_spam)
        publish(event, actor=actor(by), why=why)
        save_ticket(ticket, "is_spam", at=at)
    return ticket


@transaction.atomic
def set_aside(*, ticket_id: int, message_id: int) -> bool:
    """Whether nobody works on a message any more, for its ticket is spam; clearing takes it up."""
    ticket = hold_ticket(ticket_id)
    if ticket.is_spam:
        publish(MessageSetAside(ticket_id=ticket_id, message_id=message_id))
    return ticket.is_spam


def held_back(ticket: Ticket) -> list[MessageAccepted | MessageTakenUpAgain]:
    """What goes on once the ticket is none: each message that came as spam or was set aside."""
    first: dict[int, bool] = {}
    waits: dict[int, type[MessageAccepted | MessageTakenUpAgain]] = {}
    log = Event.objects.filter(stream=ticket.stream, type__in=TOLD).order_by("seq")
    for name, said in log.values_list("type", "payload"):
        message = said["message_id"]
        if name == MessageReceived.name:
            first[message] = said["first"]
        if name == MessageSetAside.name:
            waits[message] = MessageTakenUpAgain
        elif said.get("spam"):
            waits[message] = MessageAccepted
        elif name != MessageReceived.name:
            waits.pop(message, None)
    return [
        waits[message](ticket_id=ticket.pk, message_id=message, first=is_first)
        for message, is_first in first.items()
        if message in waits
    ]
