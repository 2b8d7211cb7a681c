"""Publishing: an event is a row written in the same transaction as its cause."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from apps.coordination import hints, ledger
from apps.coordination.codec import encode
from apps.coordination.registry import Flow, registry
from apps.coordination.types import Event
from apps.core.db import rows
from apps.core.tracing import traced

__all__ = ["Event", "acting", "moment", "publish", "start_run"]


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Who causes what is published now, in which run and step; ``at`` is for old stories."""

    actor: str = ""
    run_id: int | None = None
    step: str = ""
    trace_id: str = ""
    at: datetime | None = None


current: ContextVar[Acting] = ContextVar("acting", default=Acting())  # noqa: B039 - frozen


@contextmanager
def acting(**who: Any) -> Iterator[None]:
    """Name the actor (and run, step, trace) of everything published inside.

    What happened long ago and is only told now (imports, sample data) says ``at``.
    """
    acting_now = Acting(**{**asdict(current.get()), **who})
    token = current.set(acting_now)
    try:
        with traced(acting_now.trace_id):
            yield
    finally:
        current.reset(token)


def moment() -> datetime:
    """When what is done here counts as done: now (the database's), or an old story's time."""
    return current.get().at or ledger.database_now()


def publish(event: Event, *, actor: str = "", why: str = "") -> int:
    """Record an event, start the flows that it starts, wake the runs that wait for it.

    Everything is written in the caller's transaction; wake-ups go out after its commit. Returns
    the event's place in its stream. The lock it takes on the stream orders concurrent writers.
    """
    payload = encode(asdict(event))
    with transaction.atomic(savepoint=False):  # without its event the cause must not stand either
        seq = append(event, payload, actor=actor, why=why)
        woken = ledger.wake(stream=event.stream, event_type=event.name, payload=payload)
        flows = registry.started_by(event)
        started = [begin(flow, event.stream, seq, payload) for flow in flows]
        hint_on_commit(woken + started)
        transaction.on_commit(lambda: hints.announce(event.stream), robust=True)
    return seq


def start_run(*, flow: str, key: str, input: object = None) -> int:
    """Start the newest version of a flow without an event; returns the run's id."""
    with transaction.atomic():
        data = {} if input is None else encode(input)
        run_id = begin(registry.newest(flow), key, next_seq(key), data)
        hint_on_commit([run_id])
    return run_id


APPEND = """
    INSERT INTO coordination_event
           (stream, seq, type, payload, actor, why, run_id, step, trace_id, at)
    VALUES (%(stream)s, %(seq)s, %(type)s, %(payload)s, %(actor)s, %(why)s, %(run_id)s, %(step)s,
            %(trace_id)s, COALESCE(%(at)s, statement_timestamp()))
    RETURNING id"""


def append(event: Event, payload: dict[str, Any], *, actor: str, why: str) -> int:
    """Write the event's row at the next place of its stream."""
    who = current.get()
    seq = next_seq(event.stream)
    values = {
        "stream": event.stream,
        "seq": seq,
        "type": event.name,
        "payload": Jsonb(payload),
        "actor": actor or who.actor,
        "why": why,
        "run_id": who.run_id,
        "step": who.step,
        "trace_id": who.trace_id,
        "at": who.at,
    }
    rows(APPEND, values)
    return seq


def begin(flow: Flow, key: str, seq: int, data: dict[str, Any]) -> int:
    """Write one run of a flow."""
    trace_id = current.get().trace_id
    return ledger.insert_run(flow=flow, key=key, key_seq=seq, data=data, trace_id=trace_id)


NEXT_SEQ = """
    INSERT INTO coordination_stream (key, next_seq) VALUES (%(key)s, 2)
    ON CONFLICT (key) DO UPDATE SET next_seq = coordination_stream.next_seq + 1
    RETURNING next_seq - 1"""


def next_seq(stream: str) -> int:
    """Take the next place of a stream and hold its lock until the transaction ends."""
    return int(rows(NEXT_SEQ, {"key": stream})[0][0])


def hint_on_commit(run_ids: list[int]) -> None:
    """Wake workers for these runs once the transaction has committed."""
    for run_id in run_ids:
        transaction.on_commit(lambda run_id=run_id: hints.hint(run_id), robust=True)  # type: ignore[misc]
