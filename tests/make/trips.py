"""A journey that can be called off: rooms are booked, money is asked for, and both given back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside
from apps.coordination.models import Heartbeat, Run
from tests.make.stories import ParcelWeighed


@dataclass(frozen=True, kw_only=True)
class TripPlanned(Event):
    to: str
    stops: int = 2

    @property
    def stream(self) -> str:
        return f"trip:{self.to}"


@dataclass(frozen=True, kw_only=True)
class TripConfirmed(TripPlanned):
    """The traveller said yes."""


class Bank:
    """The outside: what it was asked under which key, and what it does next."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.problems: list[BaseException] = []
        self.meanwhile: list = []

    def answer(self, intent: Intent, what: str) -> str:
        """Write down the question, do what comes between, fail or answer."""
        self.asked.append((what, intent.key))
        for happening in self.meanwhile:
            happening()
        self.meanwhile.clear()
        if self.problems:
            raise self.problems.pop(0)
        return what

    def forget(self) -> None:
        """As on the first day."""
        self.asked.clear()
        self.problems.clear()
        self.meanwhile.clear()


bank = Bank()


@outside(destination="bank:{to}", receiver=Receiver.KEYED)
def pay(intent: Intent, *, to: str) -> str:
    """Ask for money."""
    return bank.answer(intent, "pay")


@outside(destination="bank:{to}", receiver=Receiver.KEYED)
def pay_back(intent: Intent, *, to: str) -> str:
    """Give it back."""
    return bank.answer(intent, "pay back")


def book(*, to: str, stop: int) -> str:
    """A database step that is seen: one more row, one more event."""
    return note(f"book {to} {stop}")


def unbook(*, room: str) -> str:
    """Its opposite."""
    return note(f"un{room}")


def note(what: str) -> str:
    """Write down that something happened."""
    count = Heartbeat.objects.filter(kind="trip").count()
    Heartbeat.objects.create(process=f"{count:03} {what}", kind="trip")
    publish(ParcelWeighed(to=what))
    return what


def notes() -> list[str]:
    """Everything that happened in the database, in order."""
    rows = Heartbeat.objects.filter(kind="trip").order_by("process")
    return [row.process[4:] for row in rows]


class Broken(Exception):
    """A bug in a step."""


broken: set[int] = set()


@flow("plan a trip", version=1, on=TripPlanned, lane="trip:{to}")
def plan_a_trip(run: FlowRun[TripPlanned]) -> None:
    """Book each stop, pay, and wait for a yes; all of it can be taken back."""
    to = run.input.to
    for stop in range(run.input.stops):
        if stop in broken:
            run.transact(f"book {stop}", fail, to=to)
        room = run.transact(f"book {stop}", book, to=to, stop=stop)
        run.undo(f"book {stop}", unbook, room=room)
    if to == "nowhere":
        raise KeyError(to)
    run.call("pay", pay, to=to)
    run.undo("pay", pay_back, to=to)
    run.wait("yes", TripConfirmed)
    run.transact("celebrate", note, what="celebrate")


def fail(*, to: str) -> str:
    """A step that writes something and then breaks."""
    note(f"broken {to}")
    raise Broken


def plan(to: str = "rome", stops: int = 2) -> Run:
    """Start a journey."""
    publish(TripPlanned(to=to, stops=stops))
    return Run.objects.latest("pk")


@contextmanager
def counting() -> Iterator[list[str]]:
    """The transactions that commit inside, by what their statements began with."""
    commits: list[str] = []
    commit = connection._commit

    def counted() -> None:
        commits.append("commit")
        commit()

    connection._commit = counted
    try:
        yield commits
    finally:
        del connection._commit
