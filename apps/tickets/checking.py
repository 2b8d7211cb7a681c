"""Holding tickets against their logs: what is there, what the events say, where they differ."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from apps.coordination import ledger
from apps.coordination.models import Event, Stream
from apps.coordination.types import Heard
from apps.tickets.models import Message, OrderMention, Ticket
from apps.tickets.replaying import STORY, LogContradicts, TicketState, differences, rebuild

BATCH = 500
ELSEWHERE = {"tags", "messages", "orders"}
COLUMNS = [field.name for field in fields(TicketState) if field.name not in ELSEWHERE]

MESSAGE = ("ticket_id", "pk", "kind", "delivery")
ORDER = ("ticket_id", "source", "number", "belongs")


@dataclass(frozen=True, kw_only=True)
class Departure:
    """A ticket that is not what its log says, and in what."""

    ticket: str
    sentences: list[str]


def departures(*, batch: int = BATCH) -> Iterator[Departure]:
    """Every ticket that differs from its log, and every log whose ticket is gone.

    One that seems to differ is looked at again while its log is held still, so that tickets which
    change meanwhile are not blamed.
    """
    last = 0
    while ids := list(Ticket.objects.filter(pk__gt=last).order_by("pk").values_list("pk")[:batch]):
        numbers = [number for (number,) in ids]
        for number in compared(numbers):
            if sentences := looked_at_again(number):
                yield Departure(ticket=f"Ticket {number}", sentences=sentences)
        last = numbers[-1]
    for key in logs_without_ticket():
        yield Departure(ticket=key, sentences=["there is a log, and no ticket"])


@transaction.atomic
def looked_at_again(number: int) -> list[str]:
    """In what a ticket differs, with nobody writing to it."""
    ledger.lock_stream(f"ticket:{number}")
    return compared([number]).get(number, [])


def compared(numbers: list[int]) -> dict[int, list[str]]:
    """The sentences about those of these tickets that differ from their logs."""
    states, logs = states_of(numbers), logs_of(numbers)
    found = {number: differing(state, logs[number]) for number, state in states.items()}
    return {number: sentences for number, sentences in found.items() if sentences}


def differing(state: TicketState, log: Iterable[Heard]) -> list[str]:
    """In what one ticket differs from its log."""
    try:
        return differences(state, rebuild(log))
    except LogContradicts as error:
        return [str(error)]


def states_of(numbers: list[int]) -> dict[int, TicketState]:
    """What the tables say of these tickets, in three queries."""
    names = ArrayAgg("tags__name", filter=Q(tags__isnull=False), default=[])
    rows = Ticket.objects.filter(pk__in=numbers).annotate(names=names)
    messages: dict[int, set[Any]] = defaultdict(set)
    for number, *message in Message.objects.filter(ticket__in=numbers).values_list(*MESSAGE):
        messages[number].add(tuple(message))
    orders: dict[int, set[Any]] = defaultdict(set)
    for number, *order in OrderMention.objects.filter(ticket__in=numbers).values_list(*ORDER):
        orders[number].add(tuple(order))
    return {
        row["pk"]: TicketState(
            **{name: row[name] for name in COLUMNS},
            tags=frozenset(row["names"]),
            messages=frozenset(messages[row["pk"]]),
            orders=frozenset(orders[row["pk"]]),
        )
        for row in rows.values("pk", "names", *COLUMNS)
    }


def logs_of(numbers: list[int]) -> dict[int, list[Heard]]:
    """The events that make these tickets what they are, each ticket's in order."""
    streams = {f"ticket:{number}": number for number in numbers}
    logs: dict[int, list[Heard]] = {number: [] for number in numbers}
    events = Event.objects.filter(stream__in=list(streams), type__in=list(STORY))
    fields = ("stream", "seq", "type", "payload", "at")
    for stream, *event in events.order_by("stream", "seq").values_list(*fields):
        logs[streams[stream]].append(Heard(**dict(zip(fields[1:], event, strict=True))))
    return logs


def logs_without_ticket() -> list[str]:
    """The streams of tickets that are not there."""
    own = Concat(Value("ticket:"), Cast("pk", CharField()))
    tickets = Ticket.objects.annotate(own_key=own).filter(own_key=OuterRef("key"))
    streams = Stream.objects.filter(~Exists(tickets), key__startswith="ticket:")
    return list(streams.order_by("key").values_list("key", flat=True))
