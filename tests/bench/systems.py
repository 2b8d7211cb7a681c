"""The four systems that do the same work, each with a database and processes of its own."""

import signal
import subprocess
import sys
from dataclasses import dataclass, field

from apps.ops.stack.processes import worker as product_worker
from tests.bench import processes
from tests.bench.ground import ROOT, Ground

PEERS = str(ROOT / ".venv-bench" / "bin" / "python")


@dataclass(kw_only=True)
class System:
    """One system: how it is prepared, started and fed, and how many flows it has finished."""

    name: str
    title: str
    said: str
    valkey: int
    feed: list[str]
    work: list[list[str]]
    left: str
    ended: str
    settings: dict[str, str] = field(default_factory=dict)
    prepare: list[list[str]] = field(default_factory=list)
    running: list[subprocess.Popen] = field(default_factory=list)
    feeder: processes.Feeder | None = None
    given: int = 0
    helpers: int = 0

    def begin(self, ground: Ground) -> None:
        """Make its database, start its processes."""
        self.ground = ground
        self.env = ground.environment(self.name, self.valkey) | self.settings
        ground.make_database(self.name)
        for command in self.prepare:
            assert processes.start(command, self.env, self.name).wait() == 0, self.name
        self.start()

    def start(self) -> None:
        """Start the feeder and the workers, which then stand still."""
        self.running = [processes.start(words, self.env, self.name) for words in self.work]
        self.feeder = processes.Feeder(self.feed, self.env, self.name)
        self.pause()

    def end(self) -> None:
        """Stop everything of it."""
        if self.feeder:
            self.feeder.stop()
        for process in self.running:
            processes.kill(process)
        self.running = []

    def pause(self) -> None:
        """Stop the workers where they stand."""
        self.signal(signal.SIGSTOP)

    def go_on(self, *, alone: bool = False) -> None:
        """Let the workers go on; ``alone`` leaves what only helps them where it stands."""
        self.signal(signal.SIGCONT, but=self.helpers if alone else 0)

    def wake(self, kind: str, flows: int = 20) -> None:
        """Let the workers go on, and wait until they have found their way back to work."""
        last_row = self.last_row()
        self.go_on()
        self.give(kind, flows)
        self.catch_up(last_row, flows)

    def signal(self, number: signal.Signals, *, but: int = 0) -> None:
        for process in self.running[: len(self.running) - but]:
            processes.send(process, number)

    def give(self, kind: str, count: int) -> None:
        """Give it flows to do."""
        assert self.feeder
        self.feeder.ask("feed", kind=kind, first=self.given + 1, count=count)
        self.given += count

    def catch_up(self, last_row: int, count: int, seconds: float = 120) -> float:
        """Wait until so many flows are over; returns when the last one was, by the database."""
        rows = "SELECT count(*) FROM bench_row WHERE id > %s AND step = 3"

        def over() -> bool:
            written = self.ground.one(self.name, rows, last_row) >= count
            return written and not self.ground.one(self.name, self.left)

        processes.wait_until(over, seconds=seconds)
        return float(self.ground.one(self.name, self.ended))

    def last_row(self) -> int:
        """The newest row of its steps."""
        return int(self.ground.one(self.name, "SELECT coalesce(max(id), 0) FROM bench_row"))

    def cpu(self) -> float:
        """CPU seconds its workers used so far."""
        return processes.cpu_of({process.pid for process in self.running})


@dataclass(frozen=True)
class Sizes:
    """What the product's own command for a worker wants to know."""

    WORKER_CONCURRENCY: int


def engine(hands: int) -> System:
    """This engine: the product's worker and one coordinator."""
    return System(
        name="engine",
        title="supportcoord",
        said=f"one Celery worker of {hands} processes, one coordinator",
        valkey=0,
        helpers=1,
        prepare=[[sys.executable, "manage.py", "migrate", "-v0"]],
        feed=[sys.executable, "-m", "tests.bench.feed", "engine"],
        work=[celery(hands), [sys.executable, "manage.py", "coordinator"]],
        left="SELECT EXISTS (SELECT FROM coordination_run WHERE state IN "
        "('ready', 'running', 'waiting'))",
        ended="SELECT extract(epoch FROM max(finished_at)) FROM coordination_run",
    )


def plain(hands: int) -> System:
    """Three plain Celery tasks in the same Django project."""
    return System(
        name="plain",
        title="Celery tasks",
        said=f"one worker of {hands} processes, late acks, Celery's own prefetching",
        valkey=1,
        feed=[sys.executable, "-m", "tests.bench.feed", "plain"],
        work=[[*celery(hands), "--prefetch-multiplier", "4"]],
        left="SELECT false",
        ended="SELECT extract(epoch FROM max(at)) FROM bench_row",
    )


def dbos(hands: int, threads: int, poll: float) -> System:
    """DBOS in its queue mode."""
    command = [PEERS, "-m", "tests.bench.peers.in_dbos"]
    return System(
        name="dbos",
        title="dbos",
        said=f"{hands} processes of {threads} threads, queue polled every {poll} s",
        valkey=2,
        settings={"BENCH_THREADS": str(threads), "BENCH_POLL": str(poll)},
        prepare=[[*command, "prepare"]],
        feed=[*command, "feed"],
        work=[[*command, f"worker-{number}"] for number in range(hands)],
        left="SELECT EXISTS (SELECT FROM dbos.workflow_status WHERE status <> 'SUCCESS')",
        ended="SELECT max(updated_at) / 1000.0 FROM dbos.workflow_status",
    )


def procrastinate(hands: int, jobs: int) -> System:
    """Procrastinate's asynchronous worker, woken by LISTEN."""
    command = [PEERS, "-m", "tests.bench.peers.in_procrastinate"]
    return System(
        name="procrastinate",
        title="procrastinate",
        said=f"{hands} processes of {jobs} jobs each",
        valkey=3,
        settings={"BENCH_THREADS": str(jobs)},
        prepare=[[*command, "prepare"]],
        feed=[*command, "feed"],
        work=[[*command, "work"] for _ in range(hands)],
        left="SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status <> 'succeeded')",
        ended="SELECT extract(epoch FROM max(at)) FROM procrastinate_events",
    )


def celery(hands: int) -> list[str]:
    """The product's own command for a worker, over the stories of the bench."""
    words = product_worker(Sizes(WORKER_CONCURRENCY=hands))  # type: ignore[arg-type]
    ours = ["tests.bench.worker" if word == "supportcoord" else word for word in words]
    return [sys.executable, *ours]
