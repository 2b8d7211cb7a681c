"""The stack of the mail drill: what the other drill starts, the mail's doors, the post outside."""

from dataclasses import replace
from pathlib import Path

from tests.drill.faults import (
    Fault,
    crash_postgres,
    cut_connections,
    kill,
    kill_a_child,
    kill_a_worker,
    nothing,
    start_again,
    start_postgres,
)
from tests.drill.servers import Stack, python
from tests.make.imap import ImapServer

FAULTS = (
    Fault("worker killed", kill_a_worker, start_again, hands=True),
    Fault("collector killed", kill("collector"), start_again, 0.5),
    Fault("LMTP killed", kill("lmtp"), start_again, 1.0),
    Fault("mail server killed", kill("office"), start_again, 1.0),
    Fault("PostgreSQL crashed", crash_postgres, start_postgres, 2.0, hands=True),
    Fault("worker's child killed", kill_a_child, nothing, hands=True),
    Fault("link to the mailbox cut", kill("mailbox link"), start_again),
    Fault("connections to PostgreSQL ended", cut_connections, nothing, hands=True),
)
FIRST = FAULTS[:5]
"""One of each that the smallest drill has."""


class MailStack(Stack):
    """The product with mail alone around it: a mailbox, a mail server, no CRM, no shop."""

    def __init__(self, home: Path, *, seed: str, mailbox: ImapServer) -> None:
        super().__init__(home, seed=seed)
        self.sizes = replace(self.sizes, LMTP_LISTEN="here")
        self.mailbox = mailbox
        self.office = home / "office.jsonl"

    def environment(self) -> dict[str, str]:
        """Its own model decides what a mail is about, for that costs nothing."""
        told = super().environment()
        del told["OPENAI_API_KEY"], told["OPENAI_BASE_URL"]
        return told | {
            "SUPPORTCOORD_CLASSIFIER": "local",
            "LMTP_LISTEN": f"127.0.0.1:{self.ports['lmtp']}",
            "OMP_NUM_THREADS": "1",
        }

    def preparing(self) -> list[str]:
        """What fills the empty database."""
        port = str(self.ports["mailbox link"])
        return ["tests.drill.mail.prepare", port, self.mailbox.user, self.mailbox.password]

    def add_outside(self) -> None:
        """The mail server that replies go to."""
        words = [str(self.ports["mail"]), str(self.office), self.seed]
        self.add("office", python("-m", "tests.drill.mail.office", *words))

    def links(self) -> dict[str, int]:
        """The way to the mailbox can be cut, too."""
        return super().links() | {"mailbox link": self.mailbox.port}

    def post(self, count: int, rate: float, journal: Path) -> None:
        """Let the mails come."""
        ports = [str(self.ports["lmtp"]), str(self.mailbox.port)]
        words = [self.seed, str(count), str(rate), *ports, str(journal)]
        self.add("post", python("-m", "tests.drill.mail.post", *words))
