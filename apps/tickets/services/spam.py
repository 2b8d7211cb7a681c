"""Saying that a ticket is spam, or none after all: only then its messages are worked on."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.coordination.models import Event
from apps.tickets.events import MessageAccepted, MessageReceived, SpamChanged
from apps.tickets.models import Ticket
from apps.tickets.services.changing import actor
from apps.tickets.services.keeping import change_of, hold_ticket, save_ticket


@transaction.atomic
def mark_spam(*, ticket_id: int, by: User | None, why: str = "", at: datetime) -> Ticket:
    """Put a ticket aside: no list but that of spam shows it. The second time changes nothing."""
    return set_spam(hold_ticket(ticket_id), is_spam=True, by=by, why=why, at=at)


@transaction.atomic
def clear_spam(*, ticket_id: int, by: User | None, why: str = "", at: datetime) -> Ticket:
    """Say that a ticket is no spam. Each message that came as spam is accepted now, once."""
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


def held_back(ticket: Ticket) -> list[MessageAccepted]:
    """The messages that came while the ticket was spam and that nobody accepted yet, in order."""
    log = Event.objects.filter(stream=ticket.stream).order_by("seq")
    accepted = set(
        log.filter(type=MessageAccepted.name).values_list("payload__message_id", flat=True)
    )
    received = log.filter(type=MessageReceived.name, payload__contains={"spam": True})
    return [
        MessageAccepted(ticket_id=ticket.pk, message_id=said["message_id"], first=said["first"])
        for said in received.values_list("payload", flat=True)
        if said["message_id"] not in accepted
    ]
