"""Where in the list somebody is: view, status and search words, as an address keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from apps.tickets.states import TicketStatus

VIEWS = {
    "mine": "Mine",
    "unassigned": "Unassigned",
    "team": "My team",
    "all": "All",
    "spam": "Spam",
}

FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("Open", (TicketStatus.NEW, TicketStatus.OPEN)),
    "pending": ("Pending", (TicketStatus.PENDING, TicketStatus.ON_HOLD)),
    "solved": ("Solved", (TicketStatus.SOLVED, TicketStatus.CLOSED)),
    "any": ("Any", ()),
}

MOST_WORDS = 200


@dataclass(frozen=True, kw_only=True)
class Place:
    """One list of tickets. Whatever an address holds, it is a place: the unknown is default."""

    view: str = "all"
    status: str = "open"
    words: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """Read a place from a query string. A search without a status looks everywhere."""
        words = " ".join(asked.get("q", "").replace("\x00", "").split())[:MOST_WORDS]
        view, status = asked.get("view", ""), asked.get("status", "")
        usual = "any" if words else "open"
        return cls(
            view=view if view in VIEWS else "all",
            status=status if status in FILTERS else usual,
            words=words,
        )

    @property
    def title(self) -> str:
        return "Search" if self.words else VIEWS[self.view]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that this filter lets through; none means all."""
        return FILTERS[self.status][1]

    @property
    def query(self) -> str:
        """The shortest query string that leads here."""
        usual = "any" if self.words else "open"
        said = {
            "view": self.view if self.view != "all" else "",
            "status": self.status if self.status != usual else "",
            "q": self.words,
        }
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def url(self) -> str:
        return self.address(reverse("desk:list"))

    def address(self, path: str) -> str:
        """An address that remembers this place."""
        return f"{path}?{self.query}" if self.query else path

    def ticket_url(self, number: int) -> str:
        """A ticket opened from here."""
        return self.address(reverse("desk:ticket", args=[number]))

    def at(self, **changes: str) -> Self:
        """This place with something changed."""
        return replace(self, **changes)
