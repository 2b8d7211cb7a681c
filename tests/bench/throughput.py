"""Flows a second and CPU for each, all systems in turn, round after round."""

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from tests.bench import floor, processes
from tests.bench.goals import KINDS
from tests.bench.ground import Ground
from tests.bench.systems import System


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
    """Give flows to stopped workers, let them go, and take the time until all are over.

    All systems stand still when it is not their turn: even an idle one looks for work. So each is
    woken first, and does a few flows that are not counted.
    """
    system.wake(kind)
    system.pause()
    system.give(kind, count)
    last_row = system.last_row()
    cpu, servers = system.cpu(), server_cpu(ground)
    system.go_on()
    began = ground.now()
    ended = system.catch_up(last_row, count)
    used, servers_used = system.cpu() - cpu, server_cpu(ground) - servers
    system.pause()
    return Round(
        system=system.name,
        kind=kind,
        count=count,
        seconds=ended - began,
        worker_cpu=used,
        server_cpu=servers_used,
    )


def server_cpu(ground: Ground) -> float:
    """CPU seconds of PostgreSQL and Valkey so far."""
    servers = [ground.postgres.process, ground.valkey.process]
    return processes.cpu_of({server.pid for server in servers if server})


SECONDS_A_ROUND = 3.0
FLOOR_CLIENTS = (1, 2, 8)


def rounds(
    ground: Ground, systems: list[System], *, times: int, least: int
) -> tuple[list[Round], dict[int, list[float]]]:
    """Every system in turn with the same kind of flow, then again; pgbench takes its turn too.

    A first pass warms everything, and says how many flows keep a system busy for some seconds.
    """
    counts = {}
    for system in systems:
        for kind in KINDS:
            warm = one_round(ground, system, kind, least)
            counts[system.name, kind] = max(least, min(1500, int(warm.rate * SECONDS_A_ROUND)))
    found: list[Round] = []
    floors: dict[int, list[float]] = {clients: [] for clients in FLOOR_CLIENTS}
    for _ in range(times):
        for kind in KINDS:
            found += [one_round(ground, s, kind, counts[s.name, kind]) for s in systems]
        for clients, seen in floors.items():
            seen.append(floor.commits_a_second(ground, clients=clients, seconds=2))
    return found, floors


def summary(found: list[Round]) -> dict[str, Any]:
    """Median and spread of each system and kind."""
    said: dict[str, Any] = {"rounds": [asdict(one) for one in found]}
    for kind in KINDS:
        said[kind] = {}
        for name in dict.fromkeys(one.system for one in found):
            mine = [one for one in found if (one.system, one.kind) == (name, kind)]
            rates = sorted(one.rate for one in mine)
            busy = (one.worker_cpu + one.server_cpu for one in mine)
            said[kind][name] = {
                "rate": median(rates),
                "least": rates[0],
                "most": rates[-1],
                "worker_ms": 1000 * median(one.worker_cpu / one.count for one in mine),
                "server_ms": 1000 * median(one.server_cpu / one.count for one in mine),
                "cores": sum(busy) / sum(one.seconds for one in mine),
            }
    return said
