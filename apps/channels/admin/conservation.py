"""Conservation on a page: the figures of ``manage.py reconcile``, with the mails behind each."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.queries.inboxes import comparisons
from apps.channels.queries.quarantine import midnight
from apps.channels.queries.sums import Sum, Total, mail_sums, total_of
from apps.channels.states import Outcome

DAYS = 30
NAMES = {
    Outcome.TICKET: "tickets",
    Outcome.REPLY: "replies",
    Outcome.DUPLICATE: "duplicates",
    Outcome.IGNORED: "ignored",
    Outcome.QUARANTINED: "quarantined",
    Outcome.RECEIVED: "waiting",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a line, and the mails behind it."""

    name: str
    count: int
    url: str
    is_trouble: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """An inbox on a day: all that came, and what became of it."""

    inbox: str
    received: Figure
    figures: list[Figure]
    missing: int
    lacking: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day with a line for each inbox that mail came to."""

    name: str
    lines: list[Line]


class Conservation:
    """The page ``/admin/channels/receivedmail/conservation/``."""

    admin_site: AdminSite
    has_view_permission: Any
    page: Any

    def conservation_view(self, request: HttpRequest) -> HttpResponse:
        """The sums of a month by inbox and day, for who may see received mail."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        last = min(read_day(request.GET.get("until", ""), today), today)
        first = last - timedelta(days=DAYS - 1)
        sums = mail_sums(since=midnight(first), before=midnight(last + timedelta(days=1)))
        context = {
            "title": "Conservation",
            "comparisons": comparisons(at=timezone.now()) if last == today else [],
            "days": days(sums),
            "whole": total_line(total_of(sums), first, last),
            "names": list(NAMES.values()),
            "first": span_name(first),
            "last": span_name(last),
            "earlier": until(first - timedelta(days=1)) if came_before(first) else "",
            "later": until(min(last + timedelta(days=DAYS), today)) if last < today else "",
        }
        return self.page(request, "mails/conservation", context)  # type: ignore[no-any-return]


def came_before(day: date) -> bool:
    """Whether any mail came before this day."""
    mails: QuerySet[ReceivedMail] = ReceivedMail.objects.order_by()
    return mails.filter(received_at__lt=midnight(day)).exists()


def read_day(text: str, otherwise: date) -> date:
    """The day that an address names, within what a calendar holds."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 1970 < day.year < 9000 else otherwise


def until(day: date) -> str:
    """An address's words for the page that ends with this day."""
    return urlencode({"until": day.isoformat()})


def span_name(day: date) -> str:
    """A day within a sentence."""
    return f"{day.day} {day:%b %Y}"


def days(sums: list[Sum]) -> list[Day]:
    """The latest day first."""
    by_day: dict[date, list[Line]] = {}
    for one in sums:
        by_day.setdefault(one.day, []).append(line(one))
    return [
        Day(name=f"{day:%a} {day.day} {day:%b}", lines=by_day[day])
        for day in sorted(by_day, reverse=True)
    ]


def line(one: Sum) -> Line:
    """One sum with links."""
    where: dict[str, object] = {"inbox__isnull": True}
    if one.inbox_id:
        where = {"inbox__id__exact": one.inbox_id}
    return made(one.inbox, one, one.day, one.day, where)


def total_line(whole: Total, first: date, last: date) -> Line:
    """All of these days and inboxes together."""
    return made("all inboxes", whole, first, last, {})


def made(name: str, sums: Sum | Total, first: date, last: date, where: dict[str, object]) -> Line:
    """Figures with links to the mails of these days."""
    span = {
        "received_at__gte": midnight(first).isoformat(),
        "received_at__lt": midnight(last + timedelta(days=1)).isoformat(),
    } | where
    return Line(
        inbox=name,
        received=Figure(name="received", count=sums.received, url=listed(span), is_trouble=False),
        figures=[
            Figure(
                name=NAMES.get(Outcome(outcome), outcome),
                count=sums.outcomes[outcome],
                url=listed(span | {"outcome__exact": outcome}),
                is_trouble=outcome == Outcome.QUARANTINED,
            )
            for outcome in sorted(sums.outcomes, key=place)
        ],
        missing=sums.missing,
        lacking=listed(span | {"lacking": "yes"}),
    )


def place(outcome: str) -> int:
    """Where a column stands; one that has no place of its own stands last."""
    known = list(NAMES)
    return known.index(Outcome(outcome)) if outcome in known else len(known)


def listed(words: dict[str, object]) -> str:
    """The list of received mails by these filters."""
    return f"{reverse('admin:channels_receivedmail_changelist')}?{urlencode(words)}"
