"""One ticket: its conversation, its timeline, and the names that both speak of."""

import re
from dataclasses import dataclass
from typing import cast

from django.db.models import Func, IntegerField, Q

from apps.accounts.models import Team, User
from apps.accounts.rules import PERMISSIONS
from apps.coordination.models import Event
from apps.core.errors import NotFound
from apps.tickets.models import Message, Ticket

MOST_MESSAGES = 60
MOST_OF_ALL = 1000
MOST_EVENTS = 400


@dataclass(frozen=True, kw_only=True)
class Story:
    """What was written on a ticket and what happened to it, oldest first."""

    messages: list[Message]
    earlier: int
    events: list[Event]
    whole: bool
    people: dict[int, str]
    teams: dict[int, str]

    @property
    def seen(self) -> int:
        """The place of the last event that a page with this story shows."""
        return self.events[-1].seq if self.events else 0


def ticket_of(number: int, person: User) -> Ticket:
    """Read one ticket with whom it belongs to. Raises NotFound."""
    tickets = Ticket.objects.visible_to(person).select_related("customer", "owner", "team")
    whole = tickets.prefetch_related("customer__identities", "tags")
    ticket = whole.filter(pk=number).first()
    if ticket is None:
        raise NotFound(thing="ticket", key=number)
    return ticket


def story_of(ticket: Ticket, *, whole: bool = False) -> Story:
    """Read the conversation: its latest part, or as much of it as a page can bear.

    Events come first. What is written while this reads is then shown and not yet counted as
    seen; the other way round, an answer could cross with a mail that nobody was shown.
    """
    events = events_of(ticket)
    messages, earlier = messages_of(ticket, most=MOST_OF_ALL if whole else MOST_MESSAGES)
    return Story(
        messages=messages,
        earlier=earlier,
        events=events,
        whole=whole,
        people=names_of_people(events),
        teams=dict(Team.objects.values_list("pk", "name")),
    )


def messages_of(ticket: Ticket, *, most: int) -> tuple[list[Message], int]:
    """The latest messages, oldest first, and how many came before them."""
    messages = (
        Message.objects.filter(ticket=ticket)
        .select_related("author", "customer")
        .prefetch_related("attachments", "customer__identities")
        .annotate(html_bytes=Func("html", function="octet_length", output_field=IntegerField()))
        .defer("html")
        .order_by("-created_at", "-pk")
    )
    latest = cast("list[Message]", list(messages[: most + 1]))
    if len(latest) <= most:
        return latest[::-1], 0
    earlier = Message.objects.filter(ticket=ticket).count() - most
    return latest[:most][::-1], earlier


def events_of(ticket: Ticket, *, after: int = 0) -> list[Event]:
    """The latest events of a ticket's stream, oldest first."""
    events = Event.objects.filter(stream=ticket.stream, seq__gt=after).order_by("-seq")
    return list(events[:MOST_EVENTS])[::-1]


def names_of_people(events: list[Event]) -> dict[int, str]:
    """Names of everybody whom these events mention, by one query."""
    wanted = set()
    for event in events:
        if found := re.fullmatch(r"user:(\d+)", event.actor):
            wanted.add(int(found[1]))
        if event.type == "OwnerChanged":
            wanted |= {event.payload.get("old"), event.payload.get("new")} - {None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)}


def agents() -> list[User]:
    """Everybody who may own a ticket, by name."""
    roles = [role for role, may in PERMISSIONS.items() if "accounts.use_desk" in may]
    allowed = Q(role__in=roles) | Q(is_superuser=True)
    return list(User.objects.filter(allowed, is_active=True).order_by("first_name", "username"))


def teams() -> list[Team]:
    """Every team, by name."""
    return list(Team.objects.all())
