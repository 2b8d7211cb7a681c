"""`make drill`: load and faults, rest, an operator, rest, judgement, one table; 1 on any loss."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from apps.core.errors import Unavailable
from apps.ops.holding import held
from apps.ops.launching import die_with_parent
from tests.drill import report
from tests.drill.checker import Finding, Kind, judge
from tests.drill.facts import read_facts
from tests.drill.faults import Blow, Planned, plan
from tests.drill.keeping import Retention
from tests.drill.operator import Operator, Parked
from tests.drill.servers import ROOT, Stack, python, sweep_up
from tests.drill.watch import Struck, Watch, connect, recover, until_rest

HOME = ROOT / "var" / "drill"
WORKERS = 2
RATE = "3"
LOAD_MAY_END_WITHIN = 120.0
REST_WITHIN = 300.0


def say(line: str) -> None:
    """Tell whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Drill:
    """One drill, from an empty folder to its table."""

    seed: str
    seconds: float
    home: Path = HOME
    blows: list[Struck] = field(default_factory=list)
    fallen: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stack = Stack(self.home, seed=self.seed)
        self.load = self.home / "load.jsonl"

    def run(self) -> int:
        """Everything; the exit code."""
        planned = plan(self.seed, self.seconds, os.environ.get("ONLY", ""))
        self.announce(planned)
        for journal in (self.load, self.stack.journal):
            journal.unlink(missing_ok=True)
        try:
            self.stack.start(WORKERS)
            watch = Watch(self.stack.straight)
            self.hurt(planned, watch)
            parked = self.settle()
            watch.end()
            self.keep(watch)
            for blow in self.blows:
                blow.recovered = recover(blow, watch.samples)
            return self.tell(parked)
        finally:
            self.stack.stop()

    def announce(self, planned: list[Planned]) -> None:
        """Print the schedule, which the seed makes."""
        say(f"Seed {self.seed}: {len(planned)} blows in {self.seconds:.0f} s.")
        for one in planned:
            say(f"  {one.at:7.1f} s  {one.fault.name}")
        say("Starting …")

    def hurt(self, planned: list[Planned], watch: Watch) -> None:
        """Put load on the stack, and strike it as planned."""
        words = [self.stack.url, self.stack.told["key"], str(self.load), self.seed, RATE]
        self.until_it_serves()
        self.stack.add("load", python("-m", "tests.drill.load", *words))
        watch.start()
        self.retention = Retention(self.stack)
        begun = self.retention.begun
        for number, one in enumerate(planned):
            self.retention.sleep_until(begun + one.at)
            self.strike(one, Blow(self.stack, random.Random(f"{self.seed}/{number}")), begun)
        self.retention.sleep_until(begun + self.seconds)

    def strike(self, one: Planned, blow: Blow, begun: float) -> None:
        """One fault, from the blow to its healing."""
        self.look_for_the_fallen()
        struck = Struck(one.fault.name, one.fault.hands, struck=time.time())
        one.fault.strike(blow)
        said = f"{one.fault.name}: {blow.part}" if "worker" in blow.part else one.fault.name
        say(f"  {time.monotonic() - begun:7.1f} s  {said}")
        time.sleep(one.fault.lasts)
        one.fault.heal(blow)
        struck.healed = time.time() if one.fault.lasts else struck.struck
        struck.hints = blow.parrot.repeated if blow.parrot else 0
        self.blows.append(struck)

    def look_for_the_fallen(self) -> None:
        """Note who ended without having been killed; at this moment everybody should live."""
        said = (f"{name}; its log says why." for name in self.stack.ended())
        self.fallen += [Finding(Kind.ENDED, sentence) for sentence in said]

    def settle(self) -> Parked:
        """End the load, let the outside behave, wait for rest, let the operator decide."""
        self.look_for_the_fallen()
        self.stack.signal("standin", signal.SIGUSR1)
        load = self.stack.processes["load"]
        load.terminate()
        say("The load ends; waiting for the engine to rest …")
        try:
            load.wait(LOAD_MAY_END_WITHIN)
        except subprocess.TimeoutExpired:
            say("Some clients were not answered; what they asked is not acknowledged.")
            self.stack.kill("load")
        until_rest(self.stack.straight, seconds=REST_WITHIN)
        parked = Operator(self.stack).release_all()
        until_rest(self.stack.straight, seconds=REST_WITHIN)
        return parked

    def keep(self, watch: Watch) -> None:
        """Keep what was seen, for whoever wants to know why a recovery took so long."""
        samples = (
            f"{sample.at:.2f} {sample.overdue:.2f} {sorted(sample.in_hands)}\n"
            for sample in watch.samples
        )
        (self.home / "samples.txt").write_text("".join(samples))

    def tell(self, parked: Parked) -> int:
        """Judge, print the table, keep it."""
        with connect(self.stack.straight) as line:
            self.retention.copy(line)
            self.retention.measure(line)
            facts = read_facts(
                line,
                load=self.load,
                outside=self.stack.journal,
                started_by=self.stack.told["started_by"],
            )
        findings = judge(facts) + self.fallen + self.own_checks()
        result = report.Result(
            self.seed, self.seconds, facts, parked, self.blows, findings, self.retention.shown()
        )
        said = report.table(result)
        (self.home / "table.md").write_text(said + "\n")
        say(f"\n{said}\n")
        for finding in findings[:50]:
            say(f"{finding.kind}: {finding.said}")
        if findings:
            say(f"{len(findings)} promises broken. Again with: make drill SEED={self.seed}")
        return 1 if findings else 0

    def own_checks(self) -> list[Finding]:
        """What the product's own checks say: sums of mails, tickets against their logs."""
        found = []
        for words in (("reconcile",), ("check_log",)):
            done = self.stack.manage(*words)
            if done.returncode:
                last = (done.stderr or done.stdout).decode().strip().splitlines()[-1]
                found.append(Finding(Kind.LOST, f"manage.py {' '.join(words)}: {last}"))
        return found

    def until_it_serves(self) -> None:
        """Wait until the web process answers, and the engine is awake."""
        operator, until = Operator(self.stack), time.monotonic() + 90
        while time.monotonic() < until:
            try:
                if operator.http.get("/runs/").status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.2)
        raise SystemExit(f"The stack does not serve; see {self.home / 'logs'}.")


def main() -> int:
    """Read MINUTES and SEED, and hold the folder meanwhile."""
    if os.environ.get("MAKELEVEL"):
        die_with_parent(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(1_000_000))
    seconds = float(os.environ.get("MINUTES") or 3) * 60
    HOME.mkdir(parents=True, exist_ok=True)
    with ExitStack() as parts:
        parts.enter_context(held(HOME, what="a drill"))
        sweep_up(HOME)
        return Drill(seed, seconds).run()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing is left running.")
