"""The world's mail servers: each mail is delivered until it is taken, as an MTA does.

`python -m tests.drill.mail.post SEED COUNT RATE LMTP_PORT IMAP_PORT JOURNAL`. It ends by itself.
What was begun is in the journal before it is, and what was answered before anything else happens.
"""

import queue
import random
import re
import smtplib
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.drill.journal import Journal
from tests.drill.mail.letters import IMAP, Letter, letters
from tests.make.imap import ImapServer

POSTMEN = 3
AGAIN = 0.7
FORGETS = 0.03
"""An MTA that falls after the yes and before it is written down delivers once more."""
PATIENCE = 20.0
STORED = re.compile(r"Stored as mail (\d+)")
PLACED = re.compile(rb"APPENDUID (\d+) (\d+)")


@dataclass
class Delivery:
    """One mail on its way through one door, and who has not taken it yet."""

    letter: Letter
    door: str
    number: int
    left: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Its name in the journal."""
        return f"{self.letter.key}/{self.number}"


class Postman(threading.Thread):
    """Delivers by LMTP, one mail after the other."""

    def __init__(self, number: int, post: "Post") -> None:
        super().__init__(name=f"postman {number}")
        self.post, self.luck = post, random.Random(f"{post.seed}/postman {number}")

    def run(self) -> None:
        """Until there is nothing left."""
        while delivery := self.post.lmtp.get():
            while delivery.left:
                try:
                    self.hand_over(delivery)
                except (OSError, smtplib.SMTPException) as error:
                    self.post.journal.write("lost", key=delivery.key, said=repr(error)[:200])
                if delivery.left:
                    time.sleep(AGAIN * (0.5 + self.luck.random()))

    def hand_over(self, delivery: Delivery) -> None:
        """One conversation. Whoever was answered for good is not asked again."""
        journal = self.post.journal
        with smtplib.LMTP("127.0.0.1", self.post.lmtp_port, timeout=PATIENCE) as client:
            client.ehlo()
            client.mail(delivery.letter.sender)
            codes = {to: client.rcpt(to)[0] for to in list(delivery.left)}
            for to, code in codes.items():
                if 500 <= code < 600:
                    journal.write("refused", key=delivery.key, to=to, code=code)
                    delivery.left.remove(to)
            taking = [to for to, code in codes.items() if code == 250]
            if not taking:
                return
            journal.write("handing", key=delivery.key, to=taking)
            answers = [client.data(delivery.letter.raw)]
            answers += [client.getreply() for _ in taking[1:]]
        for to, (code, said) in zip(taking, answers, strict=True):
            self.note(delivery, to, code, said.decode())

    def note(self, delivery: Delivery, to: str, code: int, said: str) -> None:
        """Write an answer down, and forget it now and then."""
        found = STORED.search(said)
        number = int(found[1]) if found else None
        self.post.journal.write(
            "answered", key=delivery.key, to=to, code=code, said=said, mail_id=number
        )
        if 400 <= code < 500 or self.luck.random() < FORGETS:
            return
        delivery.left.remove(to)


class Post:
    """All that is on its way, spread over time."""

    def __init__(self, seed: str, lmtp_port: int, imap_port: int, journal: Path) -> None:
        self.seed, self.lmtp_port = seed, lmtp_port
        self.mailbox = ImapServer(imap_port)
        self.journal = Journal(journal)
        self.lmtp: queue.Queue[Delivery | None] = queue.Queue()

    def deliver_all(self, count: int, rate: float) -> None:
        """Have so many mails arrive, so many a second; return when each was taken."""
        luck, due = random.Random(f"{self.seed}/post"), time.monotonic()
        postmen = [Postman(number, self) for number in range(1, POSTMEN + 1)]
        for postman in postmen:
            postman.start()
        for letter in letters(self.seed, count):
            due += luck.expovariate(rate)
            time.sleep(max(0.0, due - time.monotonic()))
            for number, door in enumerate(letter.doors, start=1):
                self.begin(Delivery(letter, door, number, list(letter.to)))
        for _ in postmen:
            self.lmtp.put(None)
        for postman in postmen:
            postman.join()

    def begin(self, delivery: Delivery) -> None:
        """Bring a mail to its door."""
        self.journal.write("begun", key=delivery.key, door=delivery.door)
        if delivery.door == IMAP:
            self.place(delivery)
        else:
            self.lmtp.put(delivery)

    def place(self, delivery: Delivery) -> None:
        """Put a mail into the mailbox, whose server nobody kills."""
        with self.mailbox.client() as client:
            raw = delivery.letter.raw
            said, data = client.append("INBOX", "", None, raw)  # type: ignore[arg-type]
        found = PLACED.search(data[0])
        assert said == "OK", said
        assert found, data
        self.journal.write("placed", key=delivery.key, place=f"{int(found[1])}:{int(found[2])}")


def main(seed: str, count: str, rate: str, *rest: str) -> None:
    lmtp_port, imap_port, journal = rest
    post = Post(seed, int(lmtp_port), int(imap_port), Path(journal))
    post.deliver_all(int(count), float(rate))


if __name__ == "__main__":
    main(*sys.argv[1:])
