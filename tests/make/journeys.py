"""A journey goes as it was booked: a story of every kind of step, in the order a test asks for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, Outside, Receiver, flow, outside
from apps.coordination.models import Heartbeat
from apps.core.errors import OutcomeUnknown, Refused, Unavailable
from tests.make.notebook import note, notes

Troubles = dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class JourneyEvent(Event):
    journey: str

    @property
    def stream(self) -> str:
        return f"journey:{self.journey}"


@dataclass(frozen=True, kw_only=True)
class JourneyBooked(JourneyEvent):
    """``plan`` says what is done, as ``kind name``; ``troubles`` what goes wrong, name by name.

    With ``undone`` each stop says how it is taken back.
    """

    plan: tuple[str, ...]
    troubles: Troubles = field(default_factory=dict)
    morning: datetime | None = None
    undone: bool = False


@dataclass(frozen=True, kw_only=True)
class JourneyNoted(JourneyEvent):
    what: str


@dataclass(frozen=True, kw_only=True)
class JourneySigned(JourneyEvent):
    place: str


class Closed(Refused):
    message = "The counter is closed for good."


class Away(Unavailable):
    message = "The counter is closed until later."


def trouble(journey: str, what: str, planned: tuple[str, ...]) -> str:
    """What goes wrong this time, if anything."""
    before = len(notes(journey, what=what))
    return planned[before] if before < len(planned) else ""


def write_down(*, journey: str, what: str, planned: tuple[str, ...]) -> str:
    """A database step: one more row, one more event."""
    said = trouble(journey, what, planned)
    note(journey, what=what, said=said)
    Heartbeat.objects.create(process=f"{journey} {what} {uuid4()}", kind="journey")
    publish(JourneyNoted(journey=journey, what=what))
    if said == "bug":
        raise RuntimeError(what)
    if said == "no":
        raise Closed
    return f"noted {what}"


def ask(intent: Intent, *, journey: str, what: str, planned: tuple[str, ...]) -> str:
    """Ask at a counter; the outside writes down whether it did what it was asked."""
    said = trouble(journey, what, planned)
    note(journey, what=what, said=said, key=intent.key, did=said in ("", "lost"))
    if said == "no":
        raise Closed
    if said == "away":
        raise Away
    if said == "lost":
        raise OutcomeUnknown(destination="counter", cause="The line went dead.")
    return f"got {what}"


def find(_: Intent, *, journey: str, what: str, planned: tuple[str, ...]) -> str | None:
    """Whether the counter did it."""
    return f"found {what}" if notes(journey, what=what, did=True) else None


COUNTERS: dict[str, Outside] = {
    "keyed": outside(destination="counter", receiver=Receiver.KEYED)(ask),
    "unsafe": outside(destination="letterbox", receiver=Receiver.UNSAFE, settled="sent")(ask),
    "reconcilable": outside(destination="office", receiver=Receiver.RECONCILABLE, reconcile=find)(
        ask
    ),
}


def do_note(run: FlowRun[JourneyBooked], name: str) -> None:
    """Work in the database."""
    planned = run.input.troubles.get(name, ())
    journey = run.input.journey
    run.transact(name, write_down, journey=journey, what=name, planned=planned)
    if run.input.undone:
        run.undo(name, write_down, journey=journey, what=f"un{name}", planned=())


def do_ask(counter: str, run: FlowRun[JourneyBooked], name: str) -> None:
    """Ask the outside."""
    planned = run.input.troubles.get(name, ())
    journey = run.input.journey
    run.call(name, COUNTERS[counter], journey=journey, what=name, planned=planned)
    if run.input.undone:
        run.undo(name, COUNTERS[counter], journey=journey, what=f"un{name}", planned=())


def do_wait(run: FlowRun[JourneyBooked], name: str) -> None:
    """Wait for a signature, a day at most."""
    run.wait(name, JourneySigned, within=timedelta(days=1), place=name)


def do_sleep(run: FlowRun[JourneyBooked], name: str) -> None:
    """Sleep until the morning that the booking names."""
    assert run.input.morning
    run.sleep(name, until=run.input.morning)


DOINGS: dict[str, Callable[[FlowRun[JourneyBooked], str], None]] = {
    "note": do_note,
    "wait": do_wait,
    "sleep": do_sleep,
    **{counter: partial(do_ask, counter) for counter in COUNTERS},
}


@flow("travel", version=1, on=JourneyBooked)
def travel(run: FlowRun[JourneyBooked]) -> None:
    """Go through the plan."""
    for stop in run.input.plan:
        kind, name = stop.split()
        DOINGS[kind](run, name)
