"""The ticket list: one page of rows, and how many wait in each view."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import User
from apps.coordination.models import Run
from apps.coordination.states import PARKED
from apps.desk.place import FILTERS, VIEWS, Place
from apps.review.models import Review
from apps.tickets.models import Message, Ticket
from apps.tickets.queries import matching
from apps.tickets.states import Delivery, MessageKind

PAGE = 50
MOST_ROWS = 300
MOST_COUNTED = 1000


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows of a list, and the cursor behind the last one when there are more."""

    tickets: list[Ticket]
    after: str


def tickets_at(place: Place, person: User) -> QuerySet[Ticket]:
    """Every ticket of a place, newest change first."""
    tickets = Ticket.objects.visible_to(person).filter(belonging(place.view, person))
    if place.statuses:
        tickets = tickets.filter(status__in=place.statuses)
    return matching(tickets, place.words).order_by("-updated_at", "-pk")


def belonging(view: str, person: User) -> Q:
    """Whose tickets a view shows; spam has a view of its own, and no other shows any."""
    shown = {
        "mine": Q(owner=person),
        "unassigned": Q(owner=None),
        "team": Q(team__in=person.teams.values("pk")),
    }
    return shown.get(view, Q()) & Q(is_spam=view == "spam")


def page_of(place: Place, person: User, *, after: str = "", size: int = PAGE) -> Page:
    """Read one page. A cursor that we never gave out starts at the top."""
    tickets = tickets_at(place, person).select_related("customer", "owner", "team")
    tickets = with_answers(tickets)
    if cursor := decoded(after):
        changed, number = cursor
        tickets = tickets.filter(Q(updated_at=changed, pk__lt=number) | Q(updated_at__lt=changed))
        tickets = tickets.filter(updated_at__lte=changed)
    size = max(1, min(size, MOST_ROWS))
    rows: list[Ticket] = list(tickets[: size + 1])
    more = len(rows) > size
    return Page(tickets=rows[:size], after=encoded(rows[size - 1]) if more else "")


def with_answers(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets with what became of their replies."""
    return tickets.annotate(answer=Subquery(last_answer()), doubt=Exists(answers_in_doubt()))


def last_answer() -> QuerySet[Message, str]:
    """Where a ticket's last reply by a person is; the list says so when it did not arrive."""
    left = answers().exclude(delivery=Delivery.WITHDRAWN)
    return left.order_by("-created_at", "-pk").values_list("delivery", flat=True)[:1]


def answers_in_doubt() -> QuerySet[Message]:
    """A ticket's replies, however old, that may have arrived or not; they have an index."""
    return answers().filter(delivery=Delivery.IN_DOUBT)


def answers() -> QuerySet[Message]:
    """What people wrote to the customer of a ticket."""
    replies = Message.objects.filter(ticket=OuterRef("pk"), kind=MessageKind.OUTGOING)
    return replies.filter(is_automatic=False)


def encoded(ticket: Ticket) -> str:
    """The place of a row in the order of the list."""
    whole = f"{ticket.updated_at.isoformat()} {ticket.pk}"
    return urlsafe_b64encode(whole.encode()).decode().rstrip("=")


def decoded(cursor: str) -> tuple[datetime, int] | None:
    """The reverse, for whatever somebody may have typed into the address."""
    try:
        whole = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        changed, number = whole.split(" ")
        then = datetime.fromisoformat(changed)
        return (then.astimezone(UTC), int(number)) if then.tzinfo else None
    except (ValueError, OverflowError):
        return None


def waiting_in_views(person: User) -> dict[str, int]:
    """How many open tickets each view holds, counted up to a thousand."""
    visible = Ticket.objects.visible_to(person).filter(status__in=FILTERS["open"][1])
    return {
        view: visible.filter(belonging(view, person)).order_by()[:MOST_COUNTED].count()
        for view in VIEWS
    }


def pending_at(place: Place, person: User) -> int:
    """How many tickets of a view wait for somebody else, counted up to a thousand."""
    pending = tickets_at(Place(view=place.view, status="pending"), person)
    return pending.order_by()[:MOST_COUNTED].count()


def waiting_elsewhere(person: User) -> dict[str, int]:
    """What waits outside the list, as far as this person may look into it."""
    waiting = {}
    if person.is_staff and person.has_perm("review.view_review"):
        waiting["review"] = Review.objects.open()[:MOST_COUNTED].count()
    if person.is_staff and person.has_perm("coordination.view_run"):
        waiting["dead"] = Run.objects.filter(state__in=PARKED)[:MOST_COUNTED].count()
    return waiting
