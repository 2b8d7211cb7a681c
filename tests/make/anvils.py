"""Parcels that are hard to lift: some end every process that tries, one keeps it for long."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from apps.coordination.events import Event
from apps.coordination.flows import FlowRun, Intent, Receiver, flow, outside
from tests.make.notebook import note, notes
from tests.make.processes import wait_until
from tests.make.stories import weigh


@dataclass(frozen=True, kw_only=True)
class AnvilPosted(Event):
    """``how`` says what becomes of the process that lifts it."""

    to: str
    how: str

    @property
    def stream(self) -> str:
        return f"street:{self.to}"


def be_killed() -> None:
    """As by a kernel that is out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def be_held() -> None:
    """Stay until the notebook lets everybody go."""
    wait_until(lambda: notes("let go") != [], seconds=300)


LIFTS: dict[str, Callable[[], None]] = {
    "aborts": os.abort,
    "is killed": be_killed,
    "is held": be_held,
}


def lift(*, to: str, how: str) -> None:
    """A database step that writes, and then meets its end, or the end of its patience."""
    weigh(to=to)
    note(f"lifted {to}", pid=os.getpid(), backend=connection.connection.info.backend_pid)
    LIFTS[how]()


@outside(destination="crane", receiver=Receiver.KEYED)
def lift_outside(intent: Intent, *, to: str) -> None:
    """A call that nobody comes back from."""
    note(f"lifted {to}", pid=os.getpid(), key=intent.key)
    be_killed()


@flow("lift an anvil", version=1, on=AnvilPosted)
def lift_an_anvil(run: FlowRun[AnvilPosted]) -> None:
    """Lift it here, or have it lifted."""
    if run.input.how == "calls":
        run.call("lift", lift_outside, to=run.input.to)
    else:
        run.transact("lift", lift, to=run.input.to, how=run.input.how)
