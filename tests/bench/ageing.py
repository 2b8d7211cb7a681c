"""Times a claim and a sweep while ever more finished runs lie in the tables."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from apps.coordination import ledger  # noqa: E402
from apps.coordination.events import publish  # noqa: E402
from apps.coordination.states import RunState  # noqa: E402
from apps.core.db import rows  # noqa: E402
from tests.bench.stories import ThreeAsked  # noqa: E402
from tests.bench.talking import answer  # noqa: E402

# As a run of three steps lies there when it is over: its stream, its event, itself, its steps.
FINISHED = """
    SET LOCAL session_replication_role = replica;
    INSERT INTO coordination_stream (key, next_seq)
    SELECT 'old:' || n, 2 FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO coordination_event (stream, seq, type, payload, actor, why, step, trace_id)
    SELECT 'old:' || n, 1, 'ThreeAsked', jsonb_build_object('flow', n), '', '', '', ''
      FROM generate_series(%(first)s, %(last)s) n;
    WITH runs AS (
        INSERT INTO coordination_run (flow, version, serial_key, lane, key_seq, state, parks,
            undoing, input, due_at, attempts, takeovers, fence, lease_owner, signals, waits_for,
            wait_match, error_code, error, trace, trace_id, created_at, finished_at)
        SELECT 'bench three', 1, 'old:' || n, '', 1, 'done', true, false,
            jsonb_build_object('flow', n), NULL, 0, 0, 1, '', 0, '{}', '{}', '', '', '', '',
            now() - (%(last)s - n) * interval '1 second',
            now() - (%(last)s - n) * interval '1 second'
          FROM generate_series(%(first)s, %(last)s) n
        RETURNING id)
    INSERT INTO coordination_step (run_id, name, kind, position, state, input_hash, output,
        idem_key, destination, attempts, fence, started_at, finished_at, error)
    SELECT id, name, 'transact', place, 'done', md5(id::text), 'null', '', '', 0, 1, now(), now(),
        '' FROM runs, (VALUES ('one', 1), ('two', 2), ('three', 3)) AS steps (name, place)"""

# What is under way beside them: waiting for an answer, asleep, backing off, parked.
UNFINISHED = """
    UPDATE coordination_run
       SET state = (ARRAY['waiting', 'waiting', 'ready', 'dead'])[1 + id % 4],
           due_at = CASE id % 4 WHEN 0 THEN NULL ELSE now() + interval '1 day' END
     WHERE state = 'ready'"""


FORGET_SIGNALS = """
    UPDATE coordination_run SET signalled_at = NULL, signals = 0
     WHERE state = 'ready' AND due_at <= now() RETURNING id"""

NO_LONGER_DUE = """
    UPDATE coordination_run SET due_at = now() + %(day)s
     WHERE state = 'ready' AND due_at <= now() RETURNING id"""


def fill(*, first: int, last: int) -> float:
    """Put finished runs there, and let PostgreSQL look at its tables anew."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        for start in range(first, last + 1, 100_000):
            with transaction.atomic():
                cursor.execute(FINISHED, {"first": start, "last": min(start + 99_999, last)})
    tidy()
    return time.monotonic() - began


def tidy() -> None:
    """What autovacuum does in time: drop what is dead, look at the tables anew."""
    with connection.cursor() as cursor:
        for table in ("run", "step", "stream", "event"):
            cursor.execute(f"VACUUM (ANALYZE) coordination_{table}")


def begin(*, first: int, count: int) -> None:
    """Start runs of streams of their own."""
    with transaction.atomic():
        for number in range(first, first + count):
            publish(ThreeAsked(flow=number))


def put_down(*, first: int, count: int) -> int:
    """Let runs be under way that are not due."""
    begin(first=first, count=count)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(UNFINISHED)
        return int(cursor.rowcount)


def claims(*, first: int, count: int) -> list[float]:
    """Milliseconds of claiming fresh runs one by one."""
    begin(first=first, count=count)
    times, found = [], rows("SELECT id FROM coordination_run WHERE due_at <= now()", {})
    for (run_id,) in found:
        began = time.perf_counter()
        claim = ledger.claim(run_id, owner="bench")
        times.append(1000 * (time.perf_counter() - began))
        assert claim
        with transaction.atomic():
            ledger.release(claim.lease, to=RunState.DONE)
    return times


def sweeps(*, first: int, count: int, due: int) -> dict[str, list[float]]:
    """Milliseconds of a sweep while nothing is due, and while as much is as it may take."""
    idle = [timed(lambda: ledger.take_due(limit=due)) for _ in range(count)]
    begin(first=first, count=due)
    busy = []
    for _ in range(max(1, count // 10)):
        rows(FORGET_SIGNALS, {})
        busy.append(timed(lambda: ledger.take_due(limit=due)))
    rows(NO_LONGER_DUE, {"day": timedelta(days=1)})
    tidy()
    return {"idle": idle, "busy": busy}


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds that something took."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def size() -> str:
    """How large the database has become."""
    return str(rows("SELECT pg_size_pretty(pg_database_size(current_database()))", {})[0][0])


if __name__ == "__main__":
    answer(fill=fill, put_down=put_down, claims=claims, sweeps=sweeps, size=size)
