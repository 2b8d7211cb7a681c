"""Mails a second: from an LMTP connection to the commit, to a message, to a coordinated ticket.

`ONLY=mail make bench` measures nothing else and leaves the page alone.
"""

import signal
import subprocess
import sys
from statistics import median
from typing import Any

from apps.ops.servers import free_port
from tests.bench import processes
from tests.bench.ground import Ground
from tests.bench.systems import celery
from tests.bench.throughput import server_cpu
from tests.make.stack import listens

NAME = "mail"
ROW = "CREATE TABLE bench_mail (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, raw bytea)"
CONNECTIONS = (1, 4)
DECIDED = "SELECT count(*) FROM channels_receivedmail WHERE outcome = 'ticket'"
COORDINATED = "SELECT count(*) FROM coordination_run WHERE flow = 'intake' AND state = 'done'"
REST = """
    SELECT NOT EXISTS (SELECT FROM coordination_run WHERE state IN ('ready', 'running')
                          OR (state = 'waiting' AND due_at <= clock_timestamp()))"""
LAST = {
    "message": "SELECT extract(epoch FROM max(decided_at)) FROM channels_receivedmail",
    "ticket": "SELECT extract(epoch FROM max(finished_at)) FROM coordination_run "
    "WHERE flow = 'intake'",
}


class MailDesk:
    """The product's LMTP door and one worker process, and a bare view beside them."""

    def __init__(self, ground: Ground, *, valkey: int = 4) -> None:
        self.ground = ground
        self.env = ground.environment(NAME, valkey) | {"OMP_NUM_THREADS": "1"}
        self.ports = {"lmtp": free_port(), "view": free_port()}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.given = 0

    def begin(self) -> None:
        """Make the database, start everything; worker and coordinator stand still."""
        self.ground.make_database(NAME)
        self.ground.sql(NAME, ROW)
        for command in (["manage.py", "migrate", "-v0"], ["-m", "tests.bench.mail_desk"]):
            assert processes.start([sys.executable, *command], self.env, NAME).wait() == 0
        granian = ["-m", "granian", "--interface", "wsgi", "tests.bench.wsgi:application"]
        few = ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
        port, view = str(self.ports["lmtp"]), ["--port", str(self.ports["view"])]
        bare = self.env | {"DJANGO_SETTINGS_MODULE": "tests.bench.bare"}
        self.start("view", [sys.executable, *granian, *few, *view], bare)
        self.start("lmtp", [sys.executable, "manage.py", "lmtp", "--port", port], self.env)
        self.start("worker", celery(1), self.env)
        self.start("coordinator", [sys.executable, "manage.py", "coordinator"], self.env)
        command = [sys.executable, "-m", "tests.bench.mailman"]
        self.mailman = processes.Feeder(command, self.env, NAME)
        for number in self.ports.values():
            processes.wait_until(lambda number=number: listens(number))
        self.hand_over("lmtp", 20)
        self.rest()
        self.stand_still()

    def start(self, name: str, command: list[str], env: dict[str, str]) -> None:
        """Start one process."""
        self.running[name] = processes.start(command, env, NAME)

    def end(self) -> None:
        """Stop everything."""
        self.mailman.stop()
        for process in self.running.values():
            processes.kill(process)

    def stand_still(self) -> None:
        """Have worker and coordinator do nothing."""
        for name in ("worker", "coordinator"):
            processes.send(self.running[name], signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them work."""
        for name in ("worker", "coordinator"):
            processes.send(self.running[name], signal.SIGCONT)

    def rest(self) -> None:
        """Wait until everything that was begun is over."""
        self.go_on()
        processes.wait_until(lambda: self.ground.one(NAME, REST), seconds=300)

    def hand_over(self, way: str, count: int, clients: int = 1) -> dict[str, float]:
        """Hand mails over; when that began, how long it took, what it cost."""
        cpu, servers = self.cpu(way), server_cpu(self.ground)
        asked = {"port": self.ports[way], "first": self.given + 1, "count": count}
        said: dict[str, float] = self.mailman.ask(way, clients=clients, **asked)
        self.given += count
        return said | {
            "rate": count / said["seconds"],
            "process_ms": 1000 * (self.cpu(way) - cpu) / count,
            "server_ms": 1000 * (server_cpu(self.ground) - servers) / count,
        }

    def cpu(self, name: str) -> float:
        """CPU seconds that one of the processes used so far."""
        return processes.cpu_of({self.running[name].pid})

    def coordinate(self, count: int) -> dict[str, float]:
        """Hand mails over while the worker works; mails a second until each was through."""
        self.go_on()
        decided, coordinated = (self.ground.one(NAME, sql) for sql in (DECIDED, COORDINATED))
        said = self.hand_over("lmtp", count, max(CONNECTIONS))
        processes.wait_until(lambda: self.ground.one(NAME, COORDINATED) == coordinated + count)
        assert self.ground.one(NAME, DECIDED) == decided + count
        rates = {
            name: count / (float(self.ground.one(NAME, sql)) - said["began"])
            for name, sql in LAST.items()
        }
        self.rest()
        self.stand_still()
        return rates


def measure(ground: Ground, *, times: int, count: int) -> dict[str, Any]:
    """The bare view, the door, the whole way: in turn, round after round; medians."""
    desk = MailDesk(ground)
    found: dict[str, list[dict[str, float]]] = {}
    try:
        desk.begin()
        for _ in range(times):
            for clients in CONNECTIONS:
                for way in ("view", "lmtp"):
                    figures = desk.hand_over(way, count, clients)
                    found.setdefault(f"{way} {clients}", []).append(figures)
            desk.rest()
            for name, rate in desk.coordinate(count).items():
                found.setdefault(name, []).append({"rate": rate})
    finally:
        desk.end()
    return {name: middle(rounds) for name, rounds in found.items()} | {"count": count}


def middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: median(one[name] for one in rounds) for name in rounds[0]}
