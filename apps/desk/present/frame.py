"""The frame around every screen: views with their counts, other places, who is signed in."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from apps.accounts.models import User
from apps.desk.place import FILTERS, VIEWS, Place
from apps.desk.present.people import Face, face
from apps.desk.queries.lists import MOST_COUNTED

ICONS = {
    "mine": "user",
    "unassigned": "user-x",
    "team": "users",
    "all": "inbox",
    "spam": "circle-slash",
}


@dataclass(frozen=True, kw_only=True)
class Link:
    """One line of the navigation rail."""

    slug: str
    name: str
    url: str
    icon: str
    count: str = ""
    title: str = ""
    current: bool = False
    hot: bool = False
    wide_only: bool = False
    go: str = ""


@dataclass(frozen=True, kw_only=True)
class Rail:
    """The navigation rail."""

    views: list[Link]
    work: list[Link]
    me: Face
    admin_url: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One status filter above the list."""

    name: str
    url: str
    count: str
    current: bool


def counted(number: int) -> str:
    """A count as the rail shows it; nothing for none."""
    if number >= MOST_COUNTED:
        return f"{MOST_COUNTED - 1}+"
    return str(number) if number else ""


def rail(person: User, place: Place, waiting: dict[str, int], work: dict[str, int]) -> Rail:
    """Build the rail; ``work`` counts what waits elsewhere, as far as this person may see it."""
    views = [
        Link(
            slug=slug,
            name=name,
            url=Place(view=slug).url,
            icon=ICONS[slug],
            count=counted(waiting.get(slug, 0)),
            title=name,
            current=slug == place.view and not place.words,
            go="inbox" if slug == "mine" else "",
        )
        for slug, name in VIEWS.items()
    ]
    return Rail(
        views=views,
        work=other_work(work),
        me=face(str(person)),
        admin_url=reverse("admin:index") if person.is_staff else "",
    )


def other_work(work: dict[str, int]) -> list[Link]:
    """Places outside the list where somebody is waited for."""
    known = (
        ("review", "Review", "admin:review_review_queue", "list-checks", False),
        ("dead", "Dead letters", "admin:coordination_run_letters", "triangle-alert", True),
    )
    return [
        Link(
            slug=slug,
            name=name,
            url=url,
            icon=icon,
            count=counted(work[slug]),
            title=name,
            hot=hot,
            wide_only=hot,
            go=slug,
        )
        for slug, name, view, icon, hot in known
        if slug in work and (url := address(view))
    ]


def address(view: str) -> str:
    """Where a view is, or nothing when this installation has none."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def filters(place: Place, waiting: dict[str, int], pending: int) -> list[Filter]:
    """The status filters of a view. What is over is not counted: it only grows."""
    counts = {"open": waiting.get(place.view, 0), "pending": pending}
    return [
        Filter(
            name=name,
            url=place.at(status=slug).url,
            count=counted(counts.get(slug, 0)) if not place.words else "",
            current=slug == place.status,
        )
        for slug, (name, _) in FILTERS.items()
    ]
