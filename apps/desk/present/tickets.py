"""The ticket page around the conversation: head and properties."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from apps.accounts.models import Team, User
from apps.core.moments import Moment, moment
from apps.desk.place import Place
from apps.desk.present.deliveries import Reader
from apps.desk.present.dues import Due
from apps.desk.present.looks import STATUS, Look, channel
from apps.desk.present.thread import Entry, thread
from apps.desk.queries.tickets import Story
from apps.tickets.models import Ticket
from apps.tickets.states import MOVES, UNFINISHED, Priority, TicketStatus


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One property as a list to choose from."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What could not be done: with the ticket, or with one of its messages."""

    title: str = ""
    problems: list[str] = field(default_factory=list)
    of_message: tuple[int, str] = (0, "")
    of_followers: str = ""


@dataclass(frozen=True, kw_only=True)
class TicketView:
    """Everything the page shows of the ticket itself."""

    number: int
    subject: str
    status: Look
    sender: str
    channel: Look
    opened: Moment
    seen: int
    back_url: str
    live_url: str
    change_url: str
    write_url: str
    whole_url: str
    earlier: int
    is_spam: bool
    followers_url: str
    can_take: bool
    can_solve: bool
    can_reopen: bool
    entries: list[Entry]
    choices: list[Choice]
    tags: str
    dues: list[Due]
    trouble: Trouble


@dataclass(frozen=True, kw_only=True)
class Choosable:
    """Whom and what a ticket may be given to."""

    agents: list[User]
    teams: list[Team]


def ticket_view(
    ticket: Ticket,
    story: Story,
    place: Place,
    *,
    me: User,
    choosable: Choosable,
    dues: list[Due],
    at: datetime,
    trouble: Trouble | None = None,
) -> TicketView:
    """Show a ticket as this person may work on it."""
    status, trouble = TicketStatus(ticket.status), trouble or Trouble()
    return TicketView(
        number=ticket.pk,
        subject=ticket.subject,
        status=STATUS[status],
        sender=ticket.customer.name,
        channel=channel(ticket.channel),
        opened=moment(ticket.created_at, at=at),
        seen=story.seen,
        back_url=place.url,
        live_url=address(place, ticket, "live"),
        change_url=address(place, ticket, "change"),
        write_url=address(place, ticket, "write"),
        whole_url="" if story.whole else address(place, ticket, "ticket"),
        earlier=story.earlier,
        is_spam=ticket.is_spam,
        followers_url=address(place, ticket, "followers"),
        can_take=status in UNFINISHED and ticket.owner_id != me.pk,
        can_solve=TicketStatus.SOLVED in MOVES[status],
        can_reopen=status == TicketStatus.SOLVED,
        entries=thread(story, Reader(me=me, place=place, at=at), problem=trouble.of_message),
        choices=choices(ticket, choosable),
        tags=", ".join(sorted(tag.name for tag in ticket.tags.all())),
        dues=dues,
        trouble=trouble,
    )


def address(place: Place, ticket: Ticket, name: str) -> str:
    """Where something of this ticket is, with the way back to the list."""
    return place.address(reverse(f"desk:{name}", args=[ticket.pk]))


def choices(ticket: Ticket, choosable: Choosable) -> list[Choice]:
    """The properties, each with the values it may have from here."""
    status, priority = TicketStatus(ticket.status), Priority(ticket.priority)
    reachable = [each for each in TicketStatus if each == status or each in MOVES[status]]
    owners = [(str(user.pk), str(user)) for user in choosable.agents]
    if ticket.owner and all(user.pk != ticket.owner_id for user in choosable.agents):
        owners.append((str(ticket.owner_id), str(ticket.owner)))
    return [
        Choice(
            name="status",
            label="Status",
            value=status,
            options=[(each.value, STATUS[each].name) for each in reachable],
        ),
        Choice(
            name="priority",
            label="Priority",
            value=str(priority.value),
            options=[(str(each.value), each.label.capitalize()) for each in reversed(Priority)],
        ),
        Choice(
            name="owner",
            label="Owner",
            value=str(ticket.owner_id or ""),
            options=[("", "Nobody"), *owners],
        ),
        Choice(
            name="team",
            label="Team",
            value=str(ticket.team_id or ""),
            options=[("", "None"), *((str(team.pk), team.name) for team in choosable.teams)],
        ),
    ]
