"""The ticket list as a whole: title, filters, rows, what is said when there are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from apps.desk.place import FILTERS, Place
from apps.desk.present.dues import Due
from apps.desk.present.frame import Filter
from apps.desk.present.rows import Row, row
from apps.desk.queries.lists import Page


@dataclass(frozen=True, kw_only=True)
class Empty:
    """What an empty list says."""

    icon: str
    title: str
    text: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True, kw_only=True)
class ListView:
    """Everything the list shows."""

    title: str
    view: str
    status: str
    words: str
    filters: list[Filter]
    rows: list[Row]
    rows_url: str
    more_url: str
    empty: Empty
    open: int | None


def list_of(
    place: Place,
    page: Page,
    *,
    filters: list[Filter],
    dues: Mapping[int, Due],
    opened: int | None,
    at: datetime,
) -> ListView:
    """Put a page of tickets into its list."""
    return ListView(
        title=place.title,
        view=place.view,
        status=place.status,
        words=place.words,
        filters=filters,
        rows=rows_of(place, page, dues=dues, at=at),
        rows_url=place.url,
        more_url=more_url(place, page),
        empty=empty(place),
        open=opened,
    )


def rows_of(place: Place, page: Page, *, dues: Mapping[int, Due], at: datetime) -> list[Row]:
    """The rows alone, as a refresh of the list needs them."""
    return [row(ticket, place, at=at, due=dues.get(ticket.pk)) for ticket in page.tickets]


def more_url(place: Place, page: Page) -> str:
    """Where the next rows are, if there are any."""
    if not page.after:
        return ""
    joint = "&" if place.query else ""
    return f"{reverse('desk:list')}?{place.query}{joint}{urlencode({'after': page.after})}"


def empty(place: Place) -> Empty:
    """Say why nothing is here, and where something may be."""
    if place.words:
        return Empty(
            icon="search",
            title="Nothing found",
            text=f"No ticket matches “{place.words}”. Search looks at subjects, customers, "
            "order numbers, ticket numbers and text.",
            url=place.at(words="", status="open").url,
            action="Clear the search",
        )
    if place.status == "open":
        return Empty(
            icon="circle-check",
            title="Nothing waits here",
            text="Every ticket of this view is answered. New ones appear by themselves.",
        )
    name = FILTERS[place.status][0].lower()
    return Empty(icon="inbox", title=f"No {name} tickets", text="Choose another filter or view.")
