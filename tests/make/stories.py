"""A small process that tests drive: a counter, a courier outside, a wait."""

import time
from dataclasses import dataclass

from django.db import connection

from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside
from apps.coordination.models import Heartbeat
from apps.core.errors import Refused


class Crash(BaseException):
    """What kill -9 looks like from inside: nothing more is written."""


@dataclass(frozen=True, kw_only=True)
class ParcelPosted(Event):
    to: str
    by: str = "keyed"

    @property
    def stream(self) -> str:
        return f"street:{self.to}"


@dataclass(frozen=True, kw_only=True)
class ParcelWeighed(Event):
    to: str

    @property
    def stream(self) -> str:
        return f"street:{self.to}"


class NoSuchStreet(Refused):
    message = "There is no such street."


class Courier:
    """The outside: keeps what it was told, and fails as it is told to."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.problems: list[BaseException] = []

    def carry(self, intent: Intent, *, to: str) -> str:
        """Take a parcel; the key is written down before anything can go wrong."""
        self.keys.append(intent.key)
        if self.problems:
            raise self.problems.pop(0)
        return f"to {to}"

    def find(self, intent: Intent, *, to: str) -> str | None:
        """Whether a parcel with this key was taken before."""
        return f"to {to}, found" if intent.key in self.keys else None


courier = Courier()


def carry(intent: Intent, *, to: str) -> str:
    """Give the courier a parcel."""
    return courier.carry(intent, to=to)


def find(intent: Intent, *, to: str) -> str | None:
    """Ask the courier about a parcel."""
    return courier.find(intent, to=to)


def carry_slowly(intent: Intent, *, to: str) -> str:
    """Take long enough for somebody to pull the plug."""
    time.sleep(15)
    return f"to {to}"


COURIERS = {
    "slow": outside(destination="courier", receiver=Receiver.KEYED, timeout=20)(carry_slowly),
    "keyed": outside(destination="courier", receiver=Receiver.KEYED)(carry),
    "unsafe": outside(destination="courier", receiver=Receiver.UNSAFE)(carry),
    "reconcilable": outside(destination="courier", receiver=Receiver.RECONCILABLE, reconcile=find)(
        carry
    ),
}


def weigh(*, to: str) -> int:
    """A database step: one more row, one more event."""
    Heartbeat.objects.create(process=f"scale {to} {Heartbeat.objects.count()}", kind="scale")
    publish(ParcelWeighed(to=to))
    return 7


@flow("post a parcel", version=1, on=ParcelPosted)
def post_a_parcel(run: FlowRun[ParcelPosted]) -> None:
    """Weigh it, then give it to the courier."""
    run.transact("weigh", weigh, to=run.input.to)
    run.call("carry", COURIERS[run.input.by], to=run.input.to)


def weighed(to: str) -> int:
    """How often a parcel was put on the scale."""
    return Heartbeat.objects.filter(process__startswith=f"scale {to} ").count()


def close() -> None:
    """Give a thread's connection back."""
    connection.close()
