"""A ticket's log folded into the ticket: the same state again, from nothing but its events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from apps.coordination.types import Heard
from apps.core.errors import Refused
from apps.tickets.states import DELIVERY_MOVES, MOVES, Delivery, MessageKind, TicketStatus

T = TypeVar("T")


class Untold(Enum):
    """What events did not say yet when they were written."""

    UNTOLD = "untold"


UNTOLD = Untold.UNTOLD
Told: TypeAlias = T | Untold


class LogContradicts(Refused):
    """An event cannot have followed those before it."""

    message = "Place {seq} of its log, {type}, says {said}; the places before it say {before}."


@dataclass(frozen=True, kw_only=True)
class TicketState:
    """Everything about a ticket but what people wrote. Version 0: it was never opened."""

    version: Told[int] = 0
    status: str = TicketStatus.NEW.value
    priority: int = 0
    customer_id: int = 0
    team_id: Told[int | None] = None
    owner_id: int | None = None
    tags: frozenset[str] = frozenset()
    channel: str = ""
    inbox_address: Told[str] = ""
    label: str = ""
    language: Told[str] = ""
    follows_id: int | None = None
    is_spam: bool = False
    escalated_at: Told[datetime | None] = None
    created_at: Told[datetime | None] = None
    updated_at: Told[datetime | None] = None
    last_message_at: Told[datetime | None] = None
    last_message_kind: str = ""
    first_answered_at: Told[datetime | None] = None
    solved_at: Told[datetime | None] = None
    messages: frozenset[tuple[int, str, str]] = frozenset()
    """Number, kind and delivery of each."""
    orders: frozenset[tuple[str, str, bool]] = frozenset()
    """Shop and number of each that it mentions, and whether it is this customer's."""


Said = Mapping[str, Any]
Changes = dict[str, Any]


def rebuild(events: Iterable[Heard]) -> TicketState:
    """Tell a ticket's events in their order. Raises LogContradicts where one cannot follow."""
    state = TicketState()
    for event in events:
        if tell := STORY.get(event.type):
            agree(state, event)
            state = replace(state, **tell(state, event.payload), **age(state, event))
    return state


def differences(state: TicketState, log: TicketState) -> list[str]:
    """What is otherwise on the ticket than in its log, in sentences."""
    if log.version == 0:
        return ["its log does not say that it was opened"]
    pairs = ((field.name, getattr(state, field.name), getattr(log, field.name)) for field in PARTS)
    return [
        f"{name} is {shown(now)}, its log says {shown(told)}"
        for name, now, told in pairs
        if told is not UNTOLD and now != told
    ]


def agree(state: TicketState, event: Heard) -> None:
    """Raise LogContradicts unless this event can follow what was told so far."""
    said = event.payload
    if name := REPLACED.get(event.type):
        before = getattr(state, name)
        idle = said["old"] == said["new"] and event.type != "LabelChanged"
        if idle or before not in (said["old"], UNTOLD):
            refuse(event, f"{name} went from {said['old']} to {said['new']}", f"it was {before}")
    if event.type == "StatusChanged" and said["new"] not in MOVES[said["old"]]:
        refuse(event, f"it went from {said['old']} to {said['new']}", "no such move exists")
    if event.type == "DeliveryChanged" and not can_be_delivered(state, said):
        refuse(event, f"message {said['message_id']} is {said['new']}", f"it was {said['old']}")


def can_be_delivered(state: TicketState, said: Said) -> bool:
    """Whether a reply is there in the state that its delivery is said to leave."""
    known = (said["message_id"], MessageKind.OUTGOING.value, said["old"]) in state.messages
    return known and said["new"] in DELIVERY_MOVES[said["old"]]


def age(state: TicketState, event: Heard) -> Changes:
    """The ticket's new version and time, where the event is a change of the ticket itself."""
    if event.type == "DeliveryChanged":
        return {}
    told, before = event.payload.get("version"), state.version
    version: Told[int] = UNTOLD if told is None else told
    if told is not None and before is not UNTOLD and told - before not in (0, 1):
        refuse(event, f"it led to version {told}", f"it was version {before}")
    return {"version": version, "updated_at": moment(event.payload)}


def refuse(event: Heard, said: str, before: str) -> None:
    """Raise LogContradicts in the words of the event."""
    raise LogContradicts(seq=event.seq, type=event.type, said=said, before=before)


def moment(said: Said) -> Told[datetime]:
    """When a change was made, as far as its event says so."""
    at = said.get("at")
    return UNTOLD if at is None else datetime.fromisoformat(at)


def opened(state: TicketState, said: Said) -> Changes:
    named = {name: said[name] for name in ("customer_id", "channel", "priority", "follows_id")}
    later = {name: said.get(name, UNTOLD) for name in ("team_id", "inbox_address")}
    spam = {"is_spam": said.get("spam", False)}
    return named | later | spam | {"created_at": moment(said)}


def received(state: TicketState, said: Said) -> Changes:
    return spoke(state, said, MessageKind.INCOMING)


def replied(state: TicketState, said: Said) -> Changes:
    if said.get("automatic"):
        return written(state, said, MessageKind.OUTGOING, Delivery.QUEUED)
    first = moment(said) if state.first_answered_at is None else state.first_answered_at
    return spoke(state, said, MessageKind.OUTGOING, Delivery.QUEUED) | {"first_answered_at": first}


def spoke(
    state: TicketState, said: Said, kind: MessageKind, delivery: Delivery = Delivery.NONE
) -> Changes:
    """Somebody wrote what the customer sees, or wrote it themselves."""
    last = {"last_message_at": moment(said), "last_message_kind": kind.value}
    return written(state, said, kind, delivery) | last


def written(
    state: TicketState, said: Said, kind: MessageKind, delivery: Delivery = Delivery.NONE
) -> Changes:
    """The ticket with one message more."""
    return {"messages": state.messages | {(said["message_id"], kind.value, delivery.value)}}


def withdrawn(state: TicketState, said: Said) -> Changes:
    """The ticket without the reply; that it was taken back stands in its delivery."""
    times = {name: said.get(name) for name in ("first_answered_at", "last_message_at")}
    told = {name: datetime.fromisoformat(at) if at else None for name, at in times.items()}
    return told | {"last_message_kind": said["last_message_kind"]}


def answer_changed(state: TicketState, said: Said) -> Changes:
    """When the first answer was; a reply that was lost is none."""
    at = said["first_answered_at"]
    return {"first_answered_at": datetime.fromisoformat(at) if at else None}


def noted(state: TicketState, said: Said) -> Changes:
    return written(state, said, MessageKind.NOTE)


def delivered(state: TicketState, said: Said) -> Changes:
    old, new = ((said["message_id"], MessageKind.OUTGOING.value, said[way]) for way in WAYS)
    return {"messages": (state.messages - {old}) | {new}}


def moved(state: TicketState, said: Said) -> Changes:
    solved_at = state.solved_at if said["new"] == TicketStatus.CLOSED else None
    if said["new"] == TicketStatus.SOLVED:
        solved_at = moment(said)
    return {"status": said["new"], "solved_at": solved_at}


def labelled(state: TicketState, said: Said) -> Changes:
    return {"label": said["new"], "language": said.get("language", UNTOLD)}


def tagged(state: TicketState, said: Said) -> Changes:
    return {"tags": (state.tags - set(said["removed"])) | set(said["added"])}


def found(state: TicketState, said: Said) -> Changes:
    order = (said["source"], said["number"], said["belongs"])
    return {"orders": state.orders | {order}}


def escalated(state: TicketState, said: Said) -> Changes:
    return {"escalated_at": moment(said)}


def untouched(state: TicketState, said: Said) -> Changes:
    """An event about what stands on the ticket alone; it is another version all the same."""
    return {}


def becomes(name: str) -> Callable[[TicketState, Said], Changes]:
    """An event that says what one field became."""
    return lambda state, said: {name: said["new"]}


PARTS = fields(TicketState)
WAYS = ("old", "new")
REPLACED = {
    "StatusChanged": "status",
    "PriorityChanged": "priority",
    "OwnerChanged": "owner_id",
    "TeamChanged": "team_id",
    "LabelChanged": "label",
    "SpamChanged": "is_spam",
}
STORY: dict[str, Callable[[TicketState, Said], Changes]] = {
    "TicketOpened": opened,
    "MessageReceived": received,
    "ReplyWritten": replied,
    "ReplyWithdrawn": withdrawn,
    "FirstAnswerChanged": answer_changed,
    "NoteWritten": noted,
    "DeliveryChanged": delivered,
    "StatusChanged": moved,
    "PriorityChanged": becomes("priority"),
    "OwnerChanged": becomes("owner_id"),
    "TeamChanged": becomes("team_id"),
    "TagsChanged": tagged,
    "LabelChanged": labelled,
    "SpamChanged": becomes("is_spam"),
    "FollowersChanged": untouched,
    "OrderFound": found,
    "TicketEscalated": escalated,
}
"""The events that make a ticket what it is; the others tell of it and leave it as it is."""


def shown(value: object) -> str:
    """A value in a sentence."""
    if isinstance(value, frozenset):
        return ", ".join(str(part) for part in sorted(value)) or "nothing"
    return str(value) if value not in (None, "") else "nothing"
