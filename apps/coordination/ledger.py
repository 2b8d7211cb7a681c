"""What executors write of runs: starts, claims, fenced holds, suspensions, endings.

Time is the database's clock. Every transaction of an executor begins with ``hold``, which checks
the fence and locks the run's row; a process whose lease was taken changes nothing.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from apps.coordination.memory import memos
from apps.coordination.models import Run
from apps.coordination.registry import Flow
from apps.coordination.rules import LEASE, LEASE_LEFT, MAX_TAKEOVERS
from apps.coordination.states import RunState
from apps.coordination.types import Claim, Held, Lease, OnDead
from apps.core.db import rows


class Fenced(Exception):
    """This executor's lease was taken; whatever it meant to write did not happen."""


LONGEST_NAME = 80
"""Of a lane or a destination."""


def database_now() -> datetime:
    """The database's clock, the only one that counts."""
    moment: datetime = rows("SELECT clock_timestamp()", {})[0][0]
    return moment


INSERT_RUN = """
    INSERT INTO coordination_run
           (flow, version, serial_key, key_seq, lane, parks, undoing, state, input, due_at,
            attempts, takeovers, fence, lease_owner, signalled_at, signals, waits_for, wait_match,
            error_code, error, trace, trace_id, created_at)
    VALUES (%(flow)s, %(version)s, %(key)s, %(key_seq)s, %(lane)s, %(parks)s, FALSE, 'ready',
            %(input)s, clock_timestamp(), 0, 0, 0, '', clock_timestamp(), 1, '{}', '{}',
            '', '', '', %(trace_id)s, statement_timestamp())
    RETURNING id"""


def insert_run(*, flow: Flow, key: str, key_seq: int, data: dict[str, Any], trace_id: str) -> int:
    """Write a new run, to be hinted on commit. The caller holds the lock of the key's stream."""
    values = {
        "flow": flow.name,
        "version": flow.version,
        "key": key,
        "key_seq": key_seq,
        "lane": flow.lane.format(**data)[:LONGEST_NAME],
        "parks": flow.on_dead is OnDead.PARK,
        "input": Jsonb(data),
        "trace_id": trace_id,
    }
    return int(rows(INSERT_RUN, values)[0][0])


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
             WHERE o.serial_key = r.serial_key AND o.id < r.id
               AND o.state IN ('ready', 'dead', 'in_doubt') AND (
                   (o.state = 'ready' AND o.lane = r.lane)
                   OR (o.parks AND o.lane = r.lane AND o.state IN ('dead', 'in_doubt'))
                   OR (o.state = 'ready' AND o.fence = 0 AND NOT EXISTS (
                       SELECT 1 FROM coordination_run p
                        WHERE p.serial_key = o.serial_key AND p.lane = o.lane AND p.id < o.id
                          AND p.state IN ('ready', 'dead', 'in_doubt')
                          AND ((p.state = 'ready' AND p.fence > 0)
                               OR (p.parks AND p.state IN ('dead', 'in_doubt')))))))
"""
"""Whether an earlier run (o) of r's key goes first. Three do: one of r's lane that is ready, also
while it backs off; one of r's lane that lies before a person, if its flow parks; one of any lane
that has never started, so that runs start in commit order. The last does not count while its own
lane (p) keeps it from starting: a reply that waits for the mail server is no concern of a note."""

CLAIM = f"""
    UPDATE coordination_run r
       SET state = 'running', fence = fence + 1, lease_owner = %(owner)s,
           lease_until = clock_timestamp() + %(lease)s, due_at = clock_timestamp() + %(lease)s,
           signals = 0, signalled_at = NULL
     WHERE r.id = %(id)s AND r.state IN ('ready', 'waiting') AND r.due_at <= clock_timestamp()
       AND NOT EXISTS (SELECT 1 FROM coordination_run o
                        WHERE o.serial_key = r.serial_key AND o.state = 'running')
       AND NOT {HELD_BACK}
    RETURNING id, fence, flow, version, serial_key, key_seq, input::text, trace_id, undoing
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


LOST = """
    SELECT 1 FROM coordination_run
     WHERE serial_key = (SELECT serial_key FROM coordination_run WHERE id = %(id)s)
       AND state = 'running' AND lease_until < clock_timestamp()"""


def is_lost(run_id: int) -> bool:
    """Whether the key of this run lies in hands whose lease has run out."""
    return bool(rows(LOST, {"id": run_id}))


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
    run_id, fence, flow, version, key, key_seq, data, trace, undoing = row
    return Claim(
        lease=Lease(run_id=run_id, fence=fence),
        flow=flow,
        version=version,
        key=key,
        key_seq=key_seq,
        input=json.loads(data),
        trace_id=trace,
        undoing=undoing,
        memos=memos(run_id) if fence > 1 else (),
    )


HOLD = """
    SELECT attempts, takeovers, undoing, error_code,
           EXTRACT(epoch FROM lease_until - clock_timestamp())::float
      FROM coordination_run
     WHERE id = %(id)s AND fence = %(fence)s AND state = 'running' FOR NO KEY UPDATE"""

EXTEND = """
    UPDATE coordination_run
       SET lease_until = clock_timestamp() + %(lease)s, due_at = clock_timestamp() + %(lease)s,
           attempts = CASE WHEN %(progress)s THEN 0 ELSE attempts END,
           takeovers = CASE WHEN %(progress)s THEN 0 ELSE takeovers END
     WHERE id = %(id)s RETURNING id"""


def hold(lease: Lease, *, seconds: float = 0, progress: bool = False) -> Held:
    """Check the fence, lock the run's row and see that the lease is long enough; raises Fenced.

    Called first in every transaction of an executor, so that its writes and the check commit
    together. ``progress`` forgives the failed attempts before it.
    """
    found = rows(HOLD, {"id": lease.run_id, "fence": lease.fence})
    if not found:
        raise Fenced(lease)
    ((attempts, takeovers, undoing, error_code, left),) = found
    if left < max(LEASE_LEFT, seconds) or (progress and (attempts or takeovers)):
        length = max(LEASE, timedelta(seconds=seconds))
        rows(EXTEND, {"id": lease.run_id, "lease": length, "progress": progress})
        left = length.total_seconds()
    return Held(attempts=attempts, undoing=undoing, error_code=error_code, left=left)


RELEASE = """
    UPDATE coordination_run
       SET state = %(to)s::text, lease_owner = '', lease_until = NULL, signalled_at = NULL,
           signals = 0,
           due_at = CASE WHEN %(to)s::text = 'ready' THEN statement_timestamp() + %(pause)s
                         ELSE %(due_at)s END,
           finished_at = CASE WHEN %(to)s::text IN ('done', 'cancelled')
                              THEN statement_timestamp() END,
           waits_for = %(waits_for)s, wait_match = %(wait_match)s,
           attempts = COALESCE(%(attempts)s, attempts), error_code = %(error_code)s,
           error = %(error)s, trace = %(trace)s,
           lane = CASE WHEN %(aside)s AND NOT parks
                       THEN left(split_part(lane, '#', 1), 50) || '#' || id ELSE lane END
     WHERE id = %(id)s AND fence = %(fence)s AND state = 'running' RETURNING id"""


def release(
    lease: Lease,
    *,
    to: RunState,
    pause: timedelta = timedelta(),
    due_at: datetime | None = None,
    waits_for: list[str] | None = None,
    match: dict[str, Any] | None = None,
    attempts: int | None = None,
    error_code: str = "",
    error: str = "",
    trace: str = "",
    aside: bool = False,
) -> None:
    """End this executor's turn: the run's next state, when it is due, and why. Raises Fenced.

    One that steps ``aside`` goes on in a lane of its own, unless its flow keeps its place.
    """
    values = {
        "id": lease.run_id,
        "fence": lease.fence,
        "to": to.value,
        "pause": pause,
        "due_at": due_at,
        "waits_for": waits_for or [],
        "wait_match": Jsonb(match or {}),
        "attempts": attempts,
        "error_code": error_code,
        "error": error,
        "trace": trace,
        "aside": aside,
    }
    if not rows(RELEASE, values):
        raise Fenced(lease)


def lock_stream(key: str) -> None:
    """Hold a stream still: nothing is appended to it until this transaction ends."""
    rows("SELECT key FROM coordination_stream WHERE key = %(key)s FOR UPDATE", {"key": key})


DUE = f"""
    UPDATE coordination_run SET signalled_at = clock_timestamp(), signals = signals + 1
     WHERE id IN (
        SELECT r.id FROM coordination_run r
         WHERE r.state IN ('ready', 'running', 'waiting') AND r.due_at <= statement_timestamp()
           AND (r.signalled_at IS NULL OR r.signalled_at < clock_timestamp()
                - make_interval(secs => %(patience)s
                                + LEAST(8, 2 ^ LEAST(GREATEST(r.signals, 1), 10))))
           AND NOT {HELD_BACK}
         ORDER BY r.due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id
"""  # noqa: S608 - composed of constants


def take_due(*, limit: int, patience: float = 0.0) -> list[int]:
    """Mark due runs as signalled and return their ids; several coordinators share the work.

    One that was signalled before is signalled again after 2, 4, 8, 8, … seconds and ``patience``.
    """
    return [run_id for (run_id,) in rows(DUE, {"limit": limit, "patience": patience})]


def forget_signals(run_ids: list[int]) -> None:
    """Take back signals that could not be sent."""
    Run.objects.filter(pk__in=run_ids).update(signalled_at=None)


NEXT = f"""
    SELECT r.id FROM coordination_run r
     WHERE r.serial_key = %(key)s AND r.state IN ('ready', 'waiting')
       AND r.due_at <= clock_timestamp() AND NOT {HELD_BACK}
     ORDER BY r.id LIMIT 1
"""  # noqa: S608 - composed of constants


def next_of_key(key: str) -> int | None:
    """The run of a key that could start now, if any."""
    found = rows(NEXT, {"key": key})
    return found[0][0] if found else None
