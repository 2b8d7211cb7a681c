"""The measured work as flows of this engine: three database steps, or two around a call."""

from dataclasses import dataclass

from django.db import connection

from apps.coordination.events import Event
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside

INSERT = "INSERT INTO bench_row (flow, step) VALUES (%s, %s)"


@dataclass(frozen=True, kw_only=True)
class ThreeAsked(Event):
    flow: int

    @property
    def stream(self) -> str:
        return f"bench:{self.flow}"


@dataclass(frozen=True, kw_only=True)
class OutsideAsked(ThreeAsked):
    """Two rows with a call between them."""


ASKED = {"three": ThreeAsked, "outside": OutsideAsked}


def insert(*, flow: int, step: int) -> None:
    """One row: what each step of every system does."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [flow, step])


@outside(destination="bench", receiver=Receiver.KEYED)
def ask(_: Intent, *, flow: int) -> int:
    """An outside that answers at once, so that only the engine is measured."""
    return flow


@flow("bench three", version=1, on=ThreeAsked)
def three(run: FlowRun[ThreeAsked]) -> None:
    run.transact("one", insert, flow=run.input.flow, step=1)
    run.transact("two", insert, flow=run.input.flow, step=2)
    run.transact("three", insert, flow=run.input.flow, step=3)


@flow("bench outside", version=1, on=OutsideAsked)
def around(run: FlowRun[OutsideAsked]) -> None:
    run.transact("one", insert, flow=run.input.flow, step=1)
    run.call("two", ask, flow=run.input.flow)
    run.transact("three", insert, flow=run.input.flow, step=3)
