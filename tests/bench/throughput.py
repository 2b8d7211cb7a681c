"""Flows a second and CPU for each, all systems in turn, round after round."""

import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from tests.bench import processes
from tests.bench.ground import Ground
from tests.bench.systems import System

KINDS = {"three": "three database steps", "outside": "database, outside, database"}


@dataclass(frozen=True, kw_only=True)
class Round:
    """One pass of one system."""

    system: str
    kind: str
    count: int
    seconds: float
    worker_cpu: float
    server_cpu: float

    @property
    def rate(self) -> float:
        """Flows a second."""
        return self.count / self.seconds


def one_round(ground: Ground, system: System, kind: str, count: int) -> Round:
    """Give flows to stopped workers, let them go, and take the time until all are over."""
    system.pause()
    system.give(kind, count)
    last_row = system.last_row()
    cpu, servers = system.cpu(), server_cpu(ground)
    system.go_on()
    began = time.time()
    ended = system.catch_up(last_row, count)
    return Round(
        system=system.name,
        kind=kind,
        count=count,
        seconds=ended - began,
        worker_cpu=system.cpu() - cpu,
        server_cpu=server_cpu(ground) - servers,
    )


def server_cpu(ground: Ground) -> float:
    """CPU seconds of PostgreSQL and Valkey so far."""
    servers = [ground.postgres.process, ground.valkey.process]
    return processes.cpu_of({server.pid for server in servers if server})


def rounds(ground: Ground, systems: list[System], *, count: int, times: int) -> list[Round]:
    """Every system in turn, the same kind of flow, then again."""
    for system in systems:
        for kind in KINDS:
            one_round(ground, system, kind, max(20, count // 5))
    return [
        one_round(ground, system, kind, count)
        for _ in range(times)
        for kind in KINDS
        for system in systems
    ]


def summary(found: list[Round]) -> dict[str, Any]:
    """Median and spread of each system and kind."""
    said: dict[str, Any] = {"rounds": [asdict(one) for one in found]}
    for kind in KINDS:
        said[kind] = {}
        for name in dict.fromkeys(one.system for one in found):
            mine = [one for one in found if (one.system, one.kind) == (name, kind)]
            rates = sorted(one.rate for one in mine)
            said[kind][name] = {
                "rate": median(rates),
                "least": rates[0],
                "most": rates[-1],
                "worker_ms": 1000 * median(one.worker_cpu / one.count for one in mine),
                "server_ms": 1000 * median(one.server_cpu / one.count for one in mine),
            }
    return said
