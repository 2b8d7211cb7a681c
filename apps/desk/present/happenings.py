"""What happened to a ticket, as sentences: one phrase for each kind of event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.coordination.models import Event
from apps.core.moments import Moment, moment
from apps.desk.present.rows import readable
from apps.tickets.states import Delivery, Priority, TicketStatus

SHOWN_AT_ONCE = 2


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names of people and teams by their numbers."""

    people: Mapping[int, str]
    teams: Mapping[int, str]

    def person(self, pk: int | None) -> str:
        return self.people.get(pk, "somebody who left") if pk else "nobody"

    def team(self, pk: int | None) -> str:
        return self.teams.get(pk, "a team that is gone") if pk else "no team"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing that happened: who, what, when, why."""

    icon: str
    who: str
    what: str
    why: str
    at: Moment


@dataclass(frozen=True, kw_only=True)
class Happenings:
    """What happened between two messages."""

    id: int
    all: list[Happening]

    @property
    def folded(self) -> bool:
        return len(self.all) > SHOWN_AT_ONCE

    @property
    def summary(self) -> str:
        """The folded line: how many, and what came of them."""
        said = "; ".join(each.what for each in self.all[-SHOWN_AT_ONCE:])
        return f"{len(self.all)} steps: {said}"


Phrase = Callable[[dict[str, Any], Names], tuple[str, str]]


def status_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    icons = {"solved": "circle-check", "pending": "clock", "closed": "archive"}
    name = TicketStatus(fact["new"]).label.lower()
    return icons.get(fact["new"], "circle"), f"set the status to {name}"


def priority_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "signal-high", f"set the priority to {Priority(fact['new']).label}"


def owner_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    if not fact["new"]:
        return "user-x", f"took it from {names.person(fact['old'])}"
    return "user-check", f"gave it to {names.person(fact['new'])}"


def team_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "route", f"gave it to {names.team(fact['new'])}"


def tags_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    parts = []
    if fact["added"]:
        parts.append(f"added {', '.join(fact['added'])}")
    if fact["removed"]:
        parts.append(f"removed {', '.join(fact['removed'])}")
    return "tag", f"{' and '.join(parts)} as tags" if fact["added"] else " ".join(parts)


def spam_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "circle-slash", "put it aside as spam" if fact["new"] else "said that it is no spam"


def remarked(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "mail", "took the message in with a remark"


def followers_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    parts = [
        f"{verb} {count} {'follower' if count == 1 else 'followers'}"
        for verb, count in (("added", fact["added"]), ("removed", fact["removed"]))
        if count
    ]
    return "users", " and ".join(parts)


def label_changed(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "sparkle", f"understood it as {readable(fact['new']) or 'nothing known'}"


def order_found(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    whose = "" if fact["belongs"] else ", which belongs to somebody else"
    return "package", f"found order {fact['number']} in {fact['source']}{whose}"


def escalated(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    promise = fact["promise"].replace("_", " ")
    return "bell-ring", f"escalated it: the {promise} is {fact['level']}"


def delivery_reported(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    what = "the reply" if fact["of_customer"] else "a copy of the reply"
    said = {
        "failed": ("triangle-alert", f"could not deliver {what}"),
        "delayed": ("clock", f"has not delivered {what} yet, and keeps trying"),
        "delivered": ("circle-check", f"delivered {what}"),
    }
    return said.get(fact["action"], ("route", f"passed {what} on, and hears no more of it"))


def complaint_received(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    what = "this reply" if fact["of_customer"] else "a copy of this reply"
    return "triangle-alert", f"reports that they marked {what} as spam"


def delivery_decided(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    if fact["new"] == Delivery.SENT:
        return "check", "said that it arrived"
    return "send", "sent it again"


def reply_withdrawn(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "undo-2", "took the reply back before it left"


def auto_reply_received(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "reply", "answered by itself, out of office perhaps; nothing was changed"


def review_opened(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "list-checks", "asked a person what it is about"


def review_decided(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    said = readable(fact["label"]) or "none of the labels"
    return "list-checks", f"answered the review: {said}"


def review_expired(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "list-checks", "took the review back: nobody answered in time"


def review_withdrawn(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "list-checks", "took the review back"


PHRASES: dict[str, Phrase] = {
    "StatusChanged": status_changed,
    "PriorityChanged": priority_changed,
    "OwnerChanged": owner_changed,
    "TeamChanged": team_changed,
    "TagsChanged": tags_changed,
    "SpamChanged": spam_changed,
    "FollowersChanged": followers_changed,
    "LabelChanged": label_changed,
    "OrderFound": order_found,
    "TicketEscalated": escalated,
    "DeliveryChanged": delivery_decided,
    "ReplyWithdrawn": reply_withdrawn,
    "DeliveryReported": delivery_reported,
    "ComplaintReceived": complaint_received,
    "AutoReplyReceived": auto_reply_received,
    "ReviewOpened": review_opened,
    "ReviewDecided": review_decided,
    "ReviewExpired": review_expired,
    "ReviewWithdrawn": review_withdrawn,
}
"""Events that the conversation shows. The rest is told by the messages and the runs."""


def happening(event: Event, names: Names, *, at: datetime) -> Happening | None:
    """Tell one event, or nothing when it is not for this page."""
    phrase, who = PHRASES.get(event.type), who_of(event, names)
    if event.type == "MessageReceived" and event.why:
        phrase, who = remarked, "The desk"
    by_itself = event.type == "DeliveryChanged" and not event.actor.startswith("user:")
    if phrase is None or by_itself:
        return None
    icon, what = phrase(event.payload, names)
    return Happening(
        icon=icon,
        who=who,
        what=what,
        why=event.why,
        at=moment(event.at, at=at),
    )


def without_undone(events: Sequence[Event]) -> list[Event]:
    """Events without the change of status that an undone reply made and the one that undid it."""
    moves = {each.payload.get("version") for each in events if each.type == "StatusChanged"}
    written = {
        each.payload["message_id"]: each.payload.get("version")
        for each in events
        if each.type == "ReplyWritten"
    }
    gone: set[int | None] = set()
    for each in events:
        if each.type == "ReplyWithdrawn":
            pair = {written.get(each.payload["message_id"]), each.payload.get("version")}
            gone |= pair if pair <= moves - {None} else set()
    return [
        each
        for each in events
        if each.type != "StatusChanged" or each.payload.get("version") not in gone
    ]


def sentence(event: Event, names: Names, *, at: datetime) -> str:
    """Tell one event on a line of its own, as news."""
    said = {"MessageReceived": "wrote", "ReplyWritten": "sent a reply"}.get(event.type)
    what = said or PHRASES.get(event.type, other)(event.payload, names)[1]
    return f"{who_of(event, names)} {what} ({moment(event.at, at=at).phrase})"


def other(fact: dict[str, Any], names: Names) -> tuple[str, str]:
    return "history", "changed the ticket"


def who_of(event: Event, names: Names) -> str:
    """Who caused an event: a person, the customer, or the desk's own flows."""
    kind, _, number = event.actor.partition(":")
    if kind == "user" and number.isdecimal():
        return names.person(int(number))
    known = {
        "customer": "The customer",
        "mail_server": "A mail server",
        "provider": "The recipient's provider",
        "machine": "A machine",
        "flow": "The desk",
        "": "The desk",
    }
    return known.get(kind, readable(kind))
