"""Watching the engine from outside: what is overdue, what is in hands, what has finished."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass

import psycopg

EVERY = 0.25
OVERDUE = 5.0
"""A run that could go on and has not for so long is a stall. One that stands behind another run of
its key, which somebody works on or which backs off, could not."""

LOOK = """
    SELECT (SELECT COALESCE(max(EXTRACT(epoch FROM clock_timestamp() - r.due_at)), 0)
              FROM coordination_run r
             WHERE r.state IN ('ready', 'running', 'waiting') AND r.due_at <= clock_timestamp()
               AND NOT EXISTS (SELECT 1 FROM coordination_run o
                                WHERE o.serial_key = r.serial_key AND o.id <> r.id
                                  AND (o.state = 'running' AND o.lease_until > clock_timestamp()
                                       OR o.state = 'ready' AND o.id < r.id)))::float,
           (SELECT COALESCE(array_agg(r.id || ':' || r.fence), '{}')
              FROM coordination_run r WHERE r.state = 'running'),
           (SELECT EXTRACT(epoch FROM max(r.created_at)) FROM coordination_run r
             WHERE r.state = 'done' AND r.finished_at > clock_timestamp() - interval '1 minute'
           )::float"""

UNREST = """
    SELECT count(*) FROM coordination_run
     WHERE state IN ('ready', 'running') OR (state = 'waiting' AND due_at <= clock_timestamp())"""


@dataclass(frozen=True)
class Sample:
    """The engine at one moment."""

    at: float
    overdue: float = float("inf")
    in_hands: frozenset[str] = frozenset()
    newest_done: float = 0.0


@dataclass
class Struck:
    """A fault as it happened."""

    name: str
    hands: bool
    struck: float
    healed: float = 0.0
    recovered: float | None = None
    hints: int = 0


class Watch(threading.Thread):
    """Samples the engine four times a second; an engine that cannot be asked is a stall."""

    def __init__(self, url: str) -> None:
        super().__init__(name="watch", daemon=True)
        self.url = url
        self.samples: list[Sample] = []
        self.over = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self.over.is_set():
            with suppress(psycopg.Error), connect(self.url) as line:
                while not self.over.wait(EVERY):
                    self.samples.append(look(line))
            self.samples.append(Sample(time.time()))
            self.over.wait(EVERY)

    def end(self) -> None:
        """Stop looking."""
        self.over.set()
        self.join(10)


def connect(url: str) -> psycopg.Connection:
    """A connection of the drill's own, which no fault ends on purpose."""
    return psycopg.connect(url, autocommit=True, connect_timeout=3, application_name="drill")


def look(line: psycopg.Connection) -> Sample:
    """Take one sample."""
    row = line.execute(LOOK).fetchone()
    assert row is not None
    return Sample(time.time(), row[0], frozenset(row[1]), row[2] or 0.0)


def until_rest(url: str, *, seconds: float) -> int:
    """Wait until nothing moves by itself any more; how many runs still would have."""
    until, calm = time.monotonic() + seconds, 0
    moving = -1
    while calm < 4 and time.monotonic() < until:
        with suppress(psycopg.Error), connect(url) as line:
            (moving,) = line.execute(UNREST).fetchone() or (-1,)
        calm = calm + 1 if moving == 0 else 0
        time.sleep(0.5)
    return moving


def recover(blow: Struck, samples: list[Sample]) -> float | None:
    """Seconds from the end of a fault until the engine was as before; None when it never was.

    It is as before when no run that could go on is overdue, a run begun after the fault has
    finished, and, for faults that take work out of hands, each run in hands then has left them.
    """
    before = [sample for sample in samples if sample.at <= blow.struck]
    held = before[-1].in_hands if before and blow.hands else frozenset()
    for sample in samples:
        if (
            sample.at > blow.healed
            and sample.overdue < OVERDUE
            and sample.newest_done > blow.healed
            and not held & sample.in_hands
        ):
            return sample.at - blow.healed
    return None
