"""What is promised to which ticket, what is near, and what was told."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from apps.coordination.models import Event
from apps.escalation.models import Escalation, Target
from apps.escalation.rules import Aim, Clock, Deadline, Facts, Told, clocks, next_deadline
from apps.escalation.states import Level, Promise
from apps.tickets.models import Ticket
from apps.tickets.states import UNFINISHED

REOPENED = "TicketReopened"


def aims() -> dict[int, Aim]:
    """What is promised to each priority."""
    return {target.priority: target.aim for target in Target.objects.all()}


def reopened_at(ticket: Ticket) -> datetime | None:
    """When a ticket was last opened again."""
    log = Event.objects.filter(stream=ticket.stream, type=REOPENED).order_by("-seq")
    return log.values_list("at", flat=True).first()


def is_awaited(ticket: Ticket) -> bool:
    """Whether anybody waits for this ticket; nobody waits for spam."""
    return ticket.status in UNFINISHED and not ticket.is_spam


def facts_of(ticket: Ticket) -> Facts:
    """A ticket as its promises see it."""
    told = Escalation.objects.filter(ticket=ticket).values_list("promise", "level", "since")
    return Facts(
        created_at=ticket.created_at,
        finished=not is_awaited(ticket),
        first_answered_at=ticket.first_answered_at,
        reopened_at=reopened_at(ticket),
        told=frozenset(Told(*one) for one in told),
    )


def aim_of(ticket: Ticket) -> Aim | None:
    """What is promised to a ticket."""
    target = Target.objects.filter(priority=ticket.priority).first()
    return target.aim if target else None


def deadline_of(ticket: Ticket, *, at: datetime) -> Deadline | None:
    """The next moment at which somebody has to hear of a ticket."""
    return next_deadline(facts_of(ticket), aim_of(ticket), at=at)


def promises_of(tickets: Iterable[Ticket]) -> dict[int, list[Clock]]:
    """The promises that run for each of these tickets, the first due first; three queries."""
    found = list(tickets)
    promised = aims()
    streams = {ticket.stream: ticket.pk for ticket in found if is_awaited(ticket)}
    log = Event.objects.filter(stream__in=streams, type=REOPENED).order_by("seq")
    again = {streams[stream]: at for stream, at in log.values_list("stream", "at")}
    return {
        ticket.pk: clocks(
            Facts(
                created_at=ticket.created_at,
                finished=not is_awaited(ticket),
                first_answered_at=ticket.first_answered_at,
                reopened_at=again.get(ticket.pk),
            ),
            promised.get(ticket.priority),
        )
        for ticket in found
    }


def escalations_of(ticket_id: int) -> list[Escalation]:
    """Each time a ticket was escalated, the latest first; at most fifty."""
    return list(Escalation.objects.filter(ticket_id=ticket_id)[:50])


def escalated_tickets() -> QuerySet[Ticket]:
    """Unfinished tickets that were escalated, the latest first. Take a slice."""
    escalated = Ticket.objects.unfinished().filter(escalated_at__isnull=False, is_spam=False)
    return escalated.order_by("-escalated_at")


def with_clock() -> QuerySet[Ticket]:
    """Unfinished tickets with the moment since which their resolution is waited for."""
    stream = Concat(Value("ticket:"), Cast(OuterRef("pk"), CharField()))
    log = Event.objects.filter(stream=stream, type=REOPENED).order_by("-seq").values("at")[:1]
    since = Coalesce(Subquery(log), F("created_at"), output_field=DateTimeField())
    return Ticket.objects.unfinished().filter(is_spam=False).annotate(since=since)


def overdue_untold(*, at: datetime, limit: int) -> list[Ticket]:
    """Unfinished tickets with a promise that was past at that moment, of which nobody heard."""
    late = Q()
    for priority, aim in aims().items():
        waits = Q(priority=priority, first_answered_at=None, answer_told=False)
        late |= waits & Q(created_at__lte=at - aim.first_response)
        late |= Q(priority=priority, solution_told=False, since__lte=at - aim.resolution)
    if not late:
        return []
    past = Escalation.objects.filter(ticket=OuterRef("pk"), level=Level.PAST)
    answer = past.filter(promise=Promise.FIRST_RESPONSE, since=OuterRef("created_at"))
    solution = past.filter(promise=Promise.RESOLUTION, since=OuterRef("since"))
    tickets = with_clock().annotate(answer_told=Exists(answer), solution_told=Exists(solution))
    return list(tickets.filter(late).order_by("pk")[:limit])
