"""`make mail-drill`: mails and faults, rest, people at both buttons, judgement, one table."""

import os
import random
import signal
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from apps.core.errors import Unavailable
from apps.ops.holding import held
from apps.ops.launching import die_with_parent
from tests.drill.__main__ import Drill, say
from tests.drill.checker import Finding, Kind
from tests.drill.faults import Blow, Fault, Planned
from tests.drill.journal import Journal
from tests.drill.mail import table
from tests.drill.mail.agents import Agents, decide
from tests.drill.mail.facts import Facts, read_facts
from tests.drill.mail.judge import judge
from tests.drill.mail.letters import letters
from tests.drill.mail.stack import FAULTS, MailStack
from tests.drill.servers import ROOT, sweep_up
from tests.drill.watch import Watch, connect, recover, until_rest
from tests.make.imap import DOVECOT, ImapServer, dovecot, pymap
from tests.make.stack import listens

HOME = ROOT / "var" / "mail-drill"
WORKERS = 2
REST_WITHIN = 300.0
POST_MAY_END_WITHIN = 180.0
GAP = (2.0, 4.0)
"""Between a healed fault and the next one."""
ROUNDS_OF_DECIDING = 6
STORED = "SELECT count(*) FROM channels_receivedmail"
UNREAD = """
    SELECT count(*) FROM channels_mailfolder f WHERE last_uid < %s OR settled_uid < last_uid"""


@dataclass(kw_only=True)
class MailDrill(Drill):
    """One drill, from an empty folder to its table."""

    count: int
    rate: float
    kinds: tuple[Fault, ...] = FAULTS
    rounds: int = 10_000
    home: Path = HOME
    mailbox: ImapServer = field(init=False)
    facts: Facts = field(init=False)
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Do nothing yet: the stack is made once there is a mailbox."""

    def run(self) -> int:
        """Everything; the exit code."""
        self.home.mkdir(parents=True, exist_ok=True)
        for name in ("post", "agents", "office"):
            (self.home / f"{name}.jsonl").unlink(missing_ok=True)
        with (dovecot if DOVECOT else pymap)() as self.mailbox:
            self.stack = MailStack(self.home, seed=self.seed, mailbox=self.mailbox)
            try:
                say(f"Seed {self.seed}: {self.count} mails. Starting …")
                self.stack.start(WORKERS)
                return self.drilled()
            finally:
                self.stack.stop()

    def drilled(self) -> int:
        """All that happens while the stack stands."""
        self.until_it_serves()
        self.letters = list(letters(self.seed, self.count))
        self.journal = Journal(self.home / "agents.jsonl")
        asked = [letter for letter in self.letters if letter.answered]
        self.agents = Agents(self.stack, asked, self.journal)
        watch = Watch(self.stack.straight)
        self.begun = time.monotonic()
        self.stack.post(self.count, self.rate, self.home / "post.jsonl")
        self.agents.start()
        watch.start()
        self.hurt_them()
        self.seconds = time.monotonic() - self.begun
        self.come_to_rest()
        watch.end()
        for blow in self.blows:
            blow.recovered = recover(blow, watch.samples)
        return self.say_how_it_was()

    def hurt_them(self) -> None:
        """Strike one kind after the other while mails come, each once a round."""
        luck = random.Random(f"{self.seed}/schedule")
        self.until(lambda: self.number(STORED) > 0, 60.0)
        for place in range(self.rounds):
            for fault in luck.sample(self.kinds, len(self.kinds)):
                if self.post_is_done and place:
                    return
                time.sleep(luck.uniform(*GAP))
                blow = Blow(self.stack, random.Random(luck.random()))
                self.strike(Planned(0.0, fault), blow, self.begun)
            self.decide()

    @property
    def post_is_done(self) -> bool:
        """Whether every mail was taken, at the doors."""
        return self.stack.processes["post"].poll() is not None

    def decide(self) -> int:
        """Have people decide about what is in doubt, unless the database is away just now."""
        with suppress(psycopg.Error):
            return decide(self.stack, self.journal, self.stack.office, seed=self.seed)
        return 1

    def come_to_rest(self) -> None:
        """Let all that is on its way arrive, and people decide what they must."""
        say("No more faults; waiting for rest …")
        self.look_for_the_fallen()
        # A process that has just begun knows no signals yet.
        self.until(lambda: listens(self.stack.ports["mail"]), 30.0)
        self.stack.signal("office", signal.SIGUSR1)
        self.until(lambda: self.post_is_done, POST_MAY_END_WITHIN)
        if self.stack.processes["post"].poll() != 0:
            self.fallen.append(Finding(Kind.LOST, "The post did not deliver everything."))
        highest = max(self.mailbox.flags(), default=0)
        self.until(lambda: self.number(UNREAD, highest) == 0, REST_WITHIN)
        self.agents.join(REST_WITHIN)
        until_rest(self.stack.straight, seconds=REST_WITHIN)
        self.agents.end()
        for _ in range(ROUNDS_OF_DECIDING):
            if not self.decide():
                break
            until_rest(self.stack.straight, seconds=REST_WITHIN)
        self.look_for_the_fallen()

    def say_how_it_was(self) -> int:
        """Judge, print the table, keep it."""
        with connect(self.stack.straight) as line:
            self.facts = read_facts(
                line, home=self.home, letters=self.letters, mailbox=self.mailbox
            )
        self.findings = judge(self.facts) + self.fallen + self.own_checks()
        said = table.table(self.facts, self.blows, self.findings, seconds=self.seconds)
        head = f"Seed {self.seed}, {self.count} mails in {self.seconds:.0f} s."
        (self.home / "table.md").write_text(f"{head}\n\n{said}\n")
        say(f"\n{head}\n\n{said}\n")
        for finding in self.findings[:50]:
            say(f"{finding.kind}: {finding.said}")
        if self.findings:
            again = f"make mail-drill MAILS={self.count} SEED={self.seed}"
            say(f"{len(self.findings)} promises broken. Again with: {again}")
        return 1 if self.findings else 0

    def number(self, sql: str, *values: object) -> int:
        """One number from the database; -1 while it is away."""
        with suppress(psycopg.Error), connect(self.stack.straight) as line:
            return int((line.execute(sql, values or None).fetchone() or (-1,))[0])
        return -1

    def until(self, true: object, seconds: float) -> None:
        """Wait until something is true, or for so long: the judge sees what is missing."""
        end = time.monotonic() + seconds
        while not true() and time.monotonic() < end:  # type: ignore[operator]
            time.sleep(0.3)


def main() -> int:
    """Read MAILS, RATE and SEED, and hold the folder meanwhile."""
    if os.environ.get("MAKELEVEL"):
        die_with_parent(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(1_000_000))
    count, rate = int(os.environ.get("MAILS") or 2000), float(os.environ.get("RATE") or 4)
    HOME.mkdir(parents=True, exist_ok=True)
    with ExitStack() as parts:
        parts.enter_context(held(HOME, what="a mail drill"))
        sweep_up(HOME)
        return MailDrill(seed=seed, seconds=0.0, count=count, rate=rate).run()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing is left running.")
