"""The mail server that replies are handed to: every copy is on the disk before it says a word.

`python -m tests.drill.mail.office PORT JOURNAL SEED`. USR1 makes it well-behaved for good.
"""

import asyncio
import random
import signal
import sys
from collections import Counter
from email import message_from_bytes, policy
from enum import StrEnum
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.drill.journal import Journal, entries

HOLD = 15.0
"""Longer than a client waits for one answer."""
LATE = 1.5


class Manner(StrEnum):
    """What it does with one mail."""

    GOOD = "good"
    LATE = "late"
    NOT_NOW = "451 after the content"
    NEVER = "554 after the content"
    HANGS = "stalls"
    HANGS_AFTER = "takes it, stalls"
    DROPS = "drops after the content"
    DROPS_AFTER = "takes it, drops"
    BUSY = "421 at the door"


WEIGHTS = {
    Manner.GOOD: 68,
    Manner.LATE: 8,
    Manner.NOT_NOW: 5,
    Manner.NEVER: 4,
    Manner.HANGS: 2,
    Manner.HANGS_AFTER: 3,
    Manner.DROPS: 3,
    Manner.DROPS_AFTER: 4,
    Manner.BUSY: 3,
}
TAKES = (Manner.GOOD, Manner.LATE, Manner.HANGS_AFTER, Manner.DROPS_AFTER)
STALLS = (Manner.HANGS, Manner.HANGS_AFTER)
CUTS = (*STALLS, Manner.DROPS, Manner.DROPS_AFTER)
ANSWERS = {Manner.NOT_NOW: "451 4.3.0 Not now.", Manner.NEVER: "554 5.7.1 No."}


class Office:
    """What is done at each word of a client."""

    def __init__(self, journal: Path, seed: str) -> None:
        before = entries(journal)
        self.journal, self.seed, self.well = Journal(journal), seed, False
        # A server that comes back draws on, instead of doing the same to the same mail for ever.
        self.asked = Counter(entry["message_id"] for entry in before if entry["kind"] == "asked")
        self.greeted = len(before)

    def draw(self, what: str, times: int) -> Manner:
        """The manner for this mail, by the seed and how often it came."""
        luck = random.Random(f"{self.seed}/{what}/{times}")
        drawn = luck.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        return Manner.GOOD if self.well else drawn

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a mail, or have no time for it."""
        self.greeted += 1
        if self.draw("door", self.greeted) is Manner.BUSY:
            self.journal.write("asked", message_id="", manner=Manner.BUSY)
            return "421 4.3.2 Come back later."
        envelope.mail_from = address
        return "250 yes"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Know everybody but those who have gone."""
        if address.startswith("gone-"):
            self.journal.write("refused", to=address)
            return "550 5.1.1 There is no such mailbox."
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail, or not, and then say so, or not."""
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        name = str(mail["Message-ID"]).strip()
        self.asked[name] += 1
        manner = self.draw(name, self.asked[name])
        self.journal.write("asked", message_id=name, manner=manner)
        if manner in TAKES or manner is Manner.BUSY:
            for address in envelope.rcpt_tos:
                self.journal.write("taken", message_id=name, to=address)
        if manner is Manner.LATE:
            await asyncio.sleep(LATE)
        if manner in STALLS:
            await asyncio.sleep(HOLD)
        if manner in CUTS and server.transport:
            server.transport.abort()
        return ANSWERS.get(manner, "250 taken")


async def serve(port: int, office: Office) -> None:
    """Listen until killed."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, setattr, office, "well", True)
    server = await loop.create_server(
        lambda: SMTP(office, hostname="office", loop=loop), "127.0.0.1", port, backlog=128
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Office(Path(sys.argv[2]), sys.argv[3])))
