"""Claims and sweeps over few and over many finished runs, in turn on the same machine."""

import subprocess
import sys
from statistics import median
from typing import Any

from tests.bench.ground import ROOT, Ground
from tests.bench.processes import Feeder

UNDER_WAY = 2000
DUE = 500


def measure(ground: Ground, sizes: list[int], *, rounds: int) -> dict[str, Any]:
    """Fill one database for each size, then measure them turn by turn."""
    feeders = {size: started(ground, f"aged_{size}") for size in sizes}
    try:
        filled = {size: filling(feeder, size) for size, feeder in feeders.items()}
        times: dict[int, dict[str, list[float]]] = {
            size: {"claim": [], "idle": [], "busy": []} for size in sizes
        }
        for turn in range(1, rounds + 1):
            for size, feeder in feeders.items():
                first = turn * 10_000
                claims = feeder.ask("claims", first=first, count=60)
                sweeps = feeder.ask("sweeps", first=first + 1000, count=50, due=DUE)
                # The first ones meet cold caches after the other database had its turn.
                times[size]["claim"] += claims[10:]
                times[size]["idle"] += sweeps["idle"][10:]
                times[size]["busy"] += sweeps["busy"]
        bytes_of = {size: feeder.ask("size") for size, feeder in feeders.items()}
    finally:
        for feeder in feeders.values():
            feeder.stop()
    return {
        str(size): {
            "size": bytes_of[size],
            "fill_seconds": filled[size],
            **{name: told(values) for name, values in times[size].items()},
        }
        for size in sizes
    }


def started(ground: Ground, database: str) -> Feeder:
    """A migrated database and the process that will measure in it, sending no wake-ups."""
    env = ground.environment(database, 4) | {"SUPPORTCOORD_HINTS": "0"}
    ground.make_database(database)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    return Feeder([sys.executable, "-m", "tests.bench.ageing"], env, "aged")


def filling(feeder: Feeder, size: int) -> float:
    """Some runs under way, and so many finished ones."""
    feeder.ask("put_down", first=1, count=UNDER_WAY)
    return float(feeder.ask("fill", first=1, last=size))


def told(times: list[float]) -> dict[str, float]:
    """The middle, and the end that hurts."""
    ordered = sorted(times)
    return {"p50": median(ordered), "p99": ordered[int(0.99 * (len(ordered) - 1))]}
