"""The faults: each strikes one part of the stack, most are healed a while later."""

import os
import random
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from tests.drill.hints import Parrot
from tests.drill.servers import Stack


@dataclass(frozen=True)
class Fault:
    """One kind of fault. ``hands``: it takes work out of hands, which must be taken up again."""

    name: str
    strike: Callable[["Blow"], None]
    heal: Callable[["Blow"], None]
    lasts: float = 0.0
    hands: bool = False


@dataclass
class Blow:
    """One fault at one moment: where, with which luck, and what it must undo."""

    stack: Stack
    luck: random.Random
    part: str = ""
    pids: list[int] = field(default_factory=list)
    parrot: Parrot | None = None

    def a_worker(self) -> str:
        """One of the workers."""
        self.part = self.luck.choice(sorted(n for n in self.stack.processes if "worker" in n))
        return self.part


def nothing(blow: Blow) -> None:
    """There is nothing to do."""


def start_again(blow: Blow) -> None:
    """Start what was killed."""
    blow.stack.again(blow.part)


def kill(name: str) -> Callable[[Blow], None]:
    """`kill -9` a process and its children."""

    def strike(blow: Blow) -> None:
        blow.part = name
        blow.stack.kill(name)

    return strike


def stop(name: str) -> Callable[[Blow], None]:
    """Stop a process and its children without ending them."""

    def strike(blow: Blow) -> None:
        blow.part = name
        blow.stack.signal(name, signal.SIGSTOP)

    return strike


def go_on(blow: Blow) -> None:
    """Let what was stopped go on."""
    blow.stack.signal(blow.part, signal.SIGCONT)


def kill_a_worker(blow: Blow) -> None:
    """`kill -9` a worker with its children."""
    blow.stack.kill(blow.a_worker())


def kill_a_child(blow: Blow) -> None:
    """`kill -9` one of a worker's children; the worker is left.

    The one that has run longest: Celery gives up where a child falls while its worker starts, and
    whoever supervises it starts it again.
    """
    workers = [name for name in blow.stack.processes if "worker" in name]
    blow.part = min(workers, key=blow.stack.started.__getitem__)
    if children := blow.stack.children(blow.part):
        with suppress(ProcessLookupError):
            os.kill(blow.luck.choice(children), signal.SIGKILL)


def stop_a_worker(blow: Blow) -> None:
    """Stop a worker's children, the worker itself with them or not."""
    children = blow.stack.children(blow.a_worker())
    parent = blow.stack.processes[blow.part].pid
    blow.pids = blow.luck.choice(([parent, *children], children))
    signal_all(blow.pids, signal.SIGSTOP)


def let_it_go_on(blow: Blow) -> None:
    """Let them go on, long after others have taken their work."""
    signal_all(blow.pids, signal.SIGCONT)


def signal_all(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to whoever of these lives."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def kill_valkey(blow: Blow) -> None:
    """`kill -9` Valkey; it comes back with nothing in it."""
    blow.stack.valkey.kill()


def start_valkey(blow: Blow) -> None:
    """Start it where it was, empty."""
    blow.stack.valkey.start()


def empty_valkey(blow: Blow) -> None:
    """Take every wake-up away."""
    with blow.stack.valkey_client() as client:
        client.flushall()


def crash_postgres(blow: Blow) -> None:
    """What `pg_ctl -m immediate stop` does: no checkpoint, recovery at the next start."""
    blow.stack.postgres.crash(blow.luck.choice((signal.SIGQUIT, signal.SIGKILL)))


def start_postgres(blow: Blow) -> None:
    """Start it where it was; it recovers."""
    blow.stack.postgres.start()


def cut_connections(blow: Blow) -> None:
    """End all connections of the product to PostgreSQL from the server's side."""
    sql = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND application_name <> 'drill'"""
    with suppress(psycopg.Error), psycopg.connect(blow.stack.straight) as line:
        line.execute(sql)


def add_coordinators(blow: Blow) -> None:
    """Run three of them."""
    for number in (2, 3):
        blow.stack.add(f"coordinator {number}", blow.stack.commands["coordinator"][0])


def remove_coordinators(blow: Blow) -> None:
    """Kill two of the three."""
    for number in (2, 3):
        blow.stack.kill(f"coordinator {number}")
        del blow.stack.processes[f"coordinator {number}"]


def repeat_hints(blow: Blow) -> None:
    """Send every hint five times, and forged ones between them."""
    blow.parrot = Parrot(blow.stack.valkey.url(0), seed=str(blow.luck.random()))
    blow.parrot.start()


def repeat_no_more(blow: Blow) -> None:
    """Let hints be as they are."""
    if blow.parrot:
        blow.parrot.end()


LEASE = 30.0
FAULTS = (
    Fault("worker killed", kill_a_worker, start_again, hands=True),
    Fault("worker's child killed", kill_a_child, nothing, hands=True),
    Fault("worker frozen past its lease", stop_a_worker, let_it_go_on, LEASE + 6, hands=True),
    Fault("Valkey killed, back empty", kill_valkey, start_valkey, 4.0),
    Fault("Valkey emptied", empty_valkey, nothing),
    Fault("link to Valkey stalled", stop("broker link"), go_on, 12.0),
    Fault("link to Valkey cut", kill("broker link"), start_again),
    Fault("PostgreSQL crashed", crash_postgres, start_postgres, 2.0, hands=True),
    Fault("connections to PostgreSQL ended", cut_connections, nothing, hands=True),
    Fault("link to PostgreSQL cut", kill("database link"), start_again, hands=True),
    Fault("coordinator killed", kill("coordinator"), start_again, 6.0),
    Fault("three coordinators", add_coordinators, remove_coordinators, 12.0),
    Fault("hints five times and forged", repeat_hints, repeat_no_more, 12.0),
    Fault("web process killed", kill("web"), start_again, 1.0),
    Fault("CRM, shop, model, mail away", kill("standin"), start_again, 12.0),
)


@dataclass(frozen=True)
class Planned:
    """A fault with its moment, in seconds from the start of the load."""

    at: float
    fault: Fault


GAP = (3.0, 5.0)
"""Between a healed fault and the next one."""
WARM_UP = 12.0
"""Before the first one: processes that have just started are slow."""


def plan(
    seed: str, seconds: float, only: str = "", kinds: Sequence[Fault] = FAULTS
) -> list[Planned]:
    """The schedule of a seed: every kind once a round, in an order of its own each round.

    ``only`` keeps the kinds whose name holds these words.
    """
    luck = random.Random(f"{seed}/schedule")
    faults = [fault for fault in kinds if only in fault.name]
    planned: list[Planned] = []
    at = WARM_UP
    while faults:
        for fault in luck.sample(faults, len(faults)):
            if at + fault.lasts > seconds:
                return planned
            planned.append(Planned(round(at, 1), fault))
            at += fault.lasts + luck.uniform(*GAP)
    return planned
