"""The one module that writes runs and steps: claims, fenced writes, suspensions, endings.

Time is the database's clock. Every write of an executor passes ``hold``, which checks the fence
and starts the lease anew in the same statement; a process whose lease was taken changes nothing.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from apps.coordination.models import Run, Step
from apps.coordination.registry import Flow
from apps.coordination.rules import LEASE, MAX_TAKEOVERS
from apps.coordination.states import RunState, StepState
from apps.coordination.types import Claim, Lease, Memo, OnDead


class Fenced(Exception):
    """This executor's lease was taken; whatever it meant to write did not happen."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a run's row says while its executor holds it."""

    attempts: int
    undoing: bool


NOTHING_HELD = Held(attempts=0, undoing=False)

LONGEST_NAME = 80
"""Of a lane or a destination."""


def rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return what it returns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def database_now() -> datetime:
    """The database's clock, the only one that counts."""
    moment: datetime = rows("SELECT clock_timestamp()", {})[0][0]
    return moment


def insert_run(
    *, flow: Flow, key: str, key_seq: int, data: dict[str, Any], trace_id: str, due_at: Any = None
) -> Run:
    """Write a new run, to be hinted on commit. The caller holds the lock of the key's stream."""
    return Run.objects.create(
        flow=flow.name,
        version=flow.version,
        serial_key=key,
        key_seq=key_seq,
        lane=flow.lane.format(**data)[:LONGEST_NAME],
        parks=flow.on_dead is OnDead.PARK,
        input=data,
        trace_id=trace_id,
        due_at=due_at or Now(),
        signalled_at=Now(),
        signals=1,
    )


def wake(*, stream: str, event_type: str, payload: dict[str, Any]) -> list[int]:
    """Make the runs due that wait for such an event; returns their ids."""
    sql = """
        UPDATE coordination_run
           SET due_at = clock_timestamp(), signalled_at = clock_timestamp(), signals = 1
         WHERE serial_key = %(stream)s AND state = 'waiting'
           AND %(type)s = ANY(waits_for) AND %(payload)s::jsonb @> wait_match
        RETURNING id"""
    found = rows(sql, {"stream": stream, "type": event_type, "payload": Jsonb(payload)})
    return [run_id for (run_id,) in found]


HELD_BACK = """
    EXISTS (SELECT 1 FROM coordination_run o
             WHERE o.serial_key = r.serial_key AND o.id < r.id AND (
                   (o.state = 'ready' AND o.lane = r.lane)
                   OR (o.parks AND o.lane = r.lane AND o.state IN ('dead', 'in_doubt'))
                   OR (o.state = 'ready' AND o.fence = 0 AND NOT EXISTS (
                       SELECT 1 FROM coordination_run p
                        WHERE p.serial_key = o.serial_key AND p.lane = o.lane AND p.id < o.id
                          AND ((p.state = 'ready' AND p.fence > 0)
                               OR (p.parks AND p.state IN ('dead', 'in_doubt')))))))
"""
"""An earlier run of r's key goes first: one of r's lane, or one of another lane that has never
started, unless its own lane keeps it from starting; that is no concern of r's."""

CLAIM = f"""
    UPDATE coordination_run r
       SET state = 'running', fence = fence + 1, lease_owner = %(owner)s,
           lease_until = clock_timestamp() + %(lease)s, due_at = clock_timestamp() + %(lease)s,
           signals = 0, signalled_at = NULL
     WHERE r.id = %(id)s AND r.state IN ('ready', 'waiting') AND r.due_at <= clock_timestamp()
       AND NOT EXISTS (SELECT 1 FROM coordination_run o
                        WHERE o.serial_key = r.serial_key AND o.state = 'running')
       AND NOT {HELD_BACK}
    RETURNING id, fence, flow, version, serial_key, key_seq, input::text, attempts, takeovers,
              trace_id, undoing
"""  # noqa: S608 - composed of constants

REVOKE = """
    WITH gone AS (
        SELECT id FROM coordination_run
         WHERE serial_key = (SELECT serial_key FROM coordination_run WHERE id = %(id)s)
           AND state = 'running' AND lease_until < clock_timestamp()
           FOR UPDATE SKIP LOCKED)
    UPDATE coordination_run r
       SET state = CASE WHEN takeovers + 1 >= %(most)s THEN 'dead' ELSE 'ready' END,
           fence = fence + 1, takeovers = takeovers + 1, due_at = clock_timestamp(),
           lease_owner = '', lease_until = NULL, error_code = 'worker_lost',
           error = 'The process that ran it (' || lease_owner || ') went away.'
      FROM gone WHERE r.id = gone.id
    RETURNING r.id, r.serial_key, r.flow, r.state
"""


def claim(run_id: int, *, owner: str) -> Claim | None:
    """Take the lease of a due run that is first of its key, or return None."""
    try:
        found = rows(CLAIM, {"id": run_id, "owner": owner, "lease": LEASE})
    except IntegrityError:
        return None
    return claimed(found[0]) if found else None


def revoke(run_id: int) -> list[tuple[int, str, str, str]]:
    """Take expired leases of this run's key away, which fences their owners out.

    Returns (id, key, flow, new state) of each: ready, or dead when its process died too often.
    """
    return rows(REVOKE, {"id": run_id, "most": MAX_TAKEOVERS})


def expire(owner: str) -> int:
    """End an owner's leases now; returns how many. Safe only when the process is gone."""
    held = Run.objects.filter(state=RunState.RUNNING, lease_owner=owner)
    return held.update(lease_until=Now(), due_at=Now(), signalled_at=None)


def claimed(row: tuple[Any, ...]) -> Claim:
    """Shape a claimed row, with what its run remembers; a first claim remembers nothing."""
    run_id, fence, flow, version, key, key_seq, data, attempts, takeovers, trace, undoing = row
    return Claim(
        lease=Lease(run_id=run_id, fence=fence),
        flow=flow,
        version=version,
        key=key,
        key_seq=key_seq,
        input=json.loads(data),
        attempts=attempts,
        takeovers=takeovers,
        trace_id=trace,
        undoing=undoing,
        memos=memos(run_id) if fence > 1 else (),
    )


def memos(run_id: int) -> tuple[Memo, ...]:
    """What a run remembers of its steps, in order."""
    fields = ("name", "kind", "position", "state", "input_hash", "output", "attempts", "due_at")
    steps = Step.objects.filter(run_id=run_id).order_by("position").values(*fields)
    return tuple(Memo(**step) for step in steps)


HOLD = """
    UPDATE coordination_run
       SET lease_until = clock_timestamp() + %(lease)s, due_at = clock_timestamp() + %(lease)s,
           attempts = CASE WHEN %(progress)s THEN 0 ELSE attempts END,
           takeovers = CASE WHEN %(progress)s THEN 0 ELSE takeovers END
     WHERE id = %(id)s AND fence = %(fence)s AND state = 'running' RETURNING attempts, undoing"""


def hold(lease: Lease, *, seconds: float = 0, progress: bool = False) -> Held:
    """Check the fence, lock the run's row and start the lease anew; raises Fenced.

    Called first in every transaction of an executor, so that its writes and the check commit
    together. ``progress`` forgives the failed attempts before it.
    """
    length = max(LEASE, timedelta(seconds=seconds))
    which = {"id": lease.run_id, "fence": lease.fence}
    found = rows(HOLD, which | {"lease": length, "progress": progress})
    if not found:
        raise Fenced(lease)
    ((attempts, undoing),) = found
    return Held(attempts=attempts, undoing=undoing)


def write_step(lease: Lease, *, name: str, **fields: Any) -> Step:
    """Write down a step's new state under the fence of its run; the caller holds the run."""
    if fields["state"] == StepState.DONE:
        fields["finished_at"] = Now()
    step = Step(run_id=lease.run_id, name=name, fence=lease.fence, **fields)
    (written,) = Step.objects.bulk_create(
        [step],
        update_conflicts=True,
        unique_fields=["run", "name"],
        update_fields=["fence", *fields],
    )
    return written


def release(lease: Lease, *, to: RunState, pause: timedelta = timedelta(), **fields: Any) -> None:
    """End this executor's turn: the run's next state, when it is due, and why. Raises Fenced."""
    due = Now() + pause if to == RunState.READY else fields.pop("due_at", None)
    ended = {"finished_at": Now()} if to in (RunState.DONE, RunState.CANCELLED) else {}
    changed = Run.objects.filter(
        pk=lease.run_id, fence=lease.fence, state=RunState.RUNNING
    ).update(
        state=to,
        due_at=due,
        lease_owner="",
        lease_until=None,
        signalled_at=None,
        signals=0,
        **ended,
        **fields,
    )
    if not changed:
        raise Fenced(lease)


def wait_for(
    lease: Lease, *, due_at: datetime | None, events: list[str], match: dict[str, Any]
) -> None:
    """Put a run down until an event or a moment, whichever is first. Raises Fenced."""
    release(lease, to=RunState.WAITING, due_at=due_at, waits_for=events, wait_match=match)


def lock_stream(key: str) -> None:
    """Hold a stream still: nothing is appended to it until this transaction ends."""
    rows("SELECT key FROM coordination_stream WHERE key = %(key)s FOR UPDATE", {"key": key})


DUE = f"""
    UPDATE coordination_run SET signalled_at = clock_timestamp(), signals = signals + 1
     WHERE id IN (
        SELECT r.id FROM coordination_run r
         WHERE r.state IN ('ready', 'running', 'waiting') AND r.due_at <= clock_timestamp()
           AND (r.signalled_at IS NULL OR r.signalled_at < clock_timestamp()
                - make_interval(secs => LEAST(8, 2 ^ LEAST(GREATEST(r.signals, 1), 10))))
           AND NOT {HELD_BACK}
         ORDER BY r.due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id
"""  # noqa: S608 - composed of constants


def take_due(*, limit: int) -> list[int]:
    """Mark due runs as signalled and return their ids; several coordinators share the work."""
    return [run_id for (run_id,) in rows(DUE, {"limit": limit})]


def forget_signals(run_ids: list[int]) -> None:
    """Take back signals that could not be sent."""
    Run.objects.filter(pk__in=run_ids).update(signalled_at=None)


def next_of_key(key: str) -> int | None:
    """The run of a key that could start now, if any."""
    waiting = Run.objects.filter(
        serial_key=key, state__in=(RunState.READY, RunState.WAITING), due_at__lte=Now()
    )
    return waiting.order_by("pk").values_list("pk", flat=True).first()
