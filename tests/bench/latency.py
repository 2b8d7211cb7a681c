"""The time from the commit of a cause to the first step of what it causes."""

import random
import time
from typing import Any

from tests.bench.ground import Ground
from tests.bench.systems import System

FIRST_ROWS = """
    SELECT flow, extract(epoch FROM min(at)) FROM bench_row
     WHERE id > %s AND step = 1 GROUP BY flow"""


def idle(ground: Ground, system: System, samples: int) -> list[float]:
    """Milliseconds from commit to first step while nothing else is to be done."""
    assert system.feeder
    luck = random.Random(4711)
    system.wake("three")
    before, commits = system.last_row(), {}
    for _ in range(samples):
        last_row = system.last_row()
        system.given += 1
        commits[system.given] = system.feeder.ask("one", kind="three", flow=system.given)
        system.catch_up(last_row, 1)
        # No rhythm that anybody's polling could fall into.
        time.sleep(luck.uniform(0.01, 0.06))
    system.pause()
    return waited(ground, system, before, commits)


def loaded(ground: Ground, system: System, *, rate: float, seconds: float) -> list[float]:
    """Milliseconds from commit to first step at a steady load of random arrivals."""
    assert system.feeder
    system.wake("three")
    before, first = system.last_row(), system.given + 1
    moments = system.feeder.ask("paced", kind="three", first=first, seconds=seconds, rate=rate)
    system.given += len(moments)
    system.catch_up(before, len(moments))
    system.pause()
    return waited(ground, system, before, dict(enumerate(moments, first)))


def waited(
    ground: Ground, system: System, last_row: int, commits: dict[int, float]
) -> list[float]:
    """What each flow waited, by the one clock that this machine and its PostgreSQL have."""
    rows = dict(ground.sql(system.name, FIRST_ROWS, last_row))
    return sorted(1000 * (float(rows[flow]) - moment) for flow, moment in commits.items())


def percentile(values: list[float], hundredths: float) -> float:
    """The value below which so many hundredths of the sorted values lie."""
    return values[min(len(values) - 1, int(len(values) * hundredths / 100))]


def summary(values: list[float]) -> dict[str, Any]:
    """The middle, the end that hurts, and enough points to draw the rest."""
    return {
        "samples": len(values),
        "p50": percentile(values, 50),
        "p99": percentile(values, 99),
        "curve": [percentile(values, step) for step in range(101)],
    }
