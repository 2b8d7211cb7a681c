"""The steady load: mails and API writes to few tickets, by clients that never give up.

`python -m tests.drill.load URL KEY JOURNAL SEED RATE`. TERM ends it: each client brings what it
began to its acknowledgement first. A client repeats a request under its key until it gets a 2xx,
and the acknowledgement is in the journal before it goes on.
"""

import random
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.drill.journal import Journal
from tests.make.letters import letter, reply_to

CLIENTS = 4
HOT = 6
PAUSE = 0.5
AGAIN = (429, 500, 502, 503, 504)
MAILS_OF_A_SENDER = 12
TEXTS = (
    "Could you please tell me the status of my order A-{number}? When will it be shipped?",
    "The mug of order A-{number} arrived broken. I would like to have my money back.",
    "I cannot log in to my account any more since last week. Please help me with my password.",
    "Where is my parcel? The tracking of order A-{number} has not moved for a week.",
)
WEIGHTS = {
    "follow up": 34,
    "new mail": 16,
    "note": 16,
    "reply": 16,
    "new ticket": 6,
    "same mail twice": 4,
    "review": 8,
}


@dataclass
class Desk:
    """What all clients share: the address, the journal, the few tickets, when to stop."""

    url: str
    key: str
    journal: Journal
    seed: str
    rate: float
    stop: threading.Event
    hot: list[int]


class Client(threading.Thread):
    """One client: one thing after the other, each until it is acknowledged."""

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__(name=f"client {number}")
        self.desk, self.number, self.count = desk, number, 0
        self.luck = random.Random(f"{desk.seed}/client {number}")
        headers = {"Authorization": f"Bearer {desk.key}"}
        self.http = httpx2.Client(base_url=f"{desk.url}/api/v1", headers=headers, timeout=20)

    def run(self) -> None:
        """Work at the agreed pace until told to stop."""
        while not self.desk.stop.is_set():
            begun = time.monotonic()
            (what,) = self.luck.choices(list(WEIGHTS), list(WEIGHTS.values()))
            getattr(self, what.replace(" ", "_"))()
            pause = self.luck.expovariate(self.desk.rate / CLIENTS)
            self.desk.stop.wait(max(0.0, pause - (time.monotonic() - begun)))

    def name_it(self) -> str:
        """A key that nobody else has."""
        self.count += 1
        return f"c{self.number}-{self.count}"

    def text(self) -> str:
        return self.luck.choice(TEXTS).format(number=self.luck.randrange(1000, 9000))

    def new_mail(self) -> None:
        """Somebody new writes."""
        key = self.name_it()
        raw = letter(
            self.text(),
            subject=f"Drill {key}",
            sender=f"{key}@home.example",
            message_id=named(key),
        )
        self.mail(key, raw, ticket=None)

    def follow_up(self) -> None:
        """Somebody writes to one of the few tickets."""
        key, ticket = self.name_it(), self.luck.choice(self.desk.hot)
        raw = letter(
            self.text(),
            subject="Re: hot",
            sender=f"w{self.number}-{self.count // MAILS_OF_A_SENDER}@home.example",
            to=reply_to(ticket),
            message_id=named(key),
        )
        self.mail(key, raw, ticket=ticket)

    def same_mail_twice(self) -> None:
        """A mail server delivers one mail twice, each time as something new."""
        key = self.name_it()
        raw = letter(
            self.text(),
            subject=f"Drill {key}",
            sender=f"{key}@home.example",
            message_id=named(key),
        )
        self.mail(key, raw, ticket=None)
        self.mail(f"{key}-copy", raw, ticket=None, message_id=named(key))

    def new_ticket(self) -> None:
        """Somebody calls; the ticket is solved at once."""
        key = self.name_it()
        asker = {"email": f"{key}@home.example", "name": "Ada"}
        data = {"customer": asker, "subject": f"Drill {key}", "text": self.text()}
        opened = self.acknowledged("ticket", key, "/tickets/", json=data, subject=f"Drill {key}")
        if opened:
            change = {"status": "solved", "why": f"solved {key}"}
            path = f"/tickets/{opened['id']}/"
            self.acknowledged("solve", f"{key}-solve", path, "PATCH", json=change)

    def note(self) -> None:
        self.write("note")

    def reply(self) -> None:
        self.write("reply")

    def write(self, kind: str) -> None:
        """Write on one of the few tickets."""
        key, ticket = self.name_it(), self.luck.choice(self.desk.hot)
        data = {"kind": kind, "text": f"Said by {key}."}
        self.acknowledged(kind, key, f"/tickets/{ticket}/messages/", json=data, ticket=ticket)

    def review(self) -> None:
        """A person decides what the models left open, if there is something."""
        found = self.asked("GET", "/reviews/", params={"status": "open", "page_size": "20"})
        waiting = found.json()["results"] if found and found.status_code == 200 else []
        if waiting:
            review = self.luck.choice(waiting)
            data = {"label": review["choices"][0]["slug"]}
            key = f"review-{review['id']}-{self.name_it()}"
            self.acknowledged("review", key, f"/reviews/{review['id']}/decision/", json=data)

    def mail(self, key: str, raw: bytes, *, ticket: int | None, message_id: str = "") -> Any:
        """Hand a mail in."""
        return self.acknowledged(
            "mail",
            key,
            "/inbound/mail/",
            content=raw,
            headers={"Content-Type": "message/rfc822"},
            ticket=ticket,
            message_id=message_id or named(key),
        )

    def acknowledged(
        self, what: str, key: str, path: str, method: str = "POST", **asked: Any
    ) -> Any:
        """Ask until there is a 2xx; the answer, or None when it was refused for good."""
        sent = {name: asked.pop(name) for name in ("json", "content") if name in asked}
        headers = {**asked.pop("headers", {}), "Idempotency-Key": key}
        self.desk.journal.write("begun", what=what, key=key, path=path, **asked)
        while True:
            answer = self.asked(method, path, headers=headers, **sent)
            if answer is not None and answer.status_code < 300:
                told = answer.json()
                facts = {name: told.get(name) for name in ("id", "ticket_id") if told.get(name)}
                self.desk.journal.write("acknowledged", what=what, key=key, **facts, **asked)
                return told
            if answer is not None and answer.status_code not in AGAIN:
                self.desk.journal.write("refused", what=what, key=key, said=answer.text[:500])
                return None
            time.sleep(PAUSE * (0.5 + self.luck.random()))

    def asked(self, method: str, path: str, **words: Any) -> Any:
        """Ask once; None when there was no answer."""
        try:
            return self.http.request(method, path, **words)
        except (httpx2.HTTPError, OSError):
            return None


def named(key: str) -> str:
    """The Message-ID of a mail of the drill."""
    return f"<{key}@drill.example>"


def open_the_few(client: Client) -> list[int]:
    """Open the few tickets that most of the load goes to."""
    found = []
    for place in range(HOT):
        key = f"hot-{place}"
        raw = letter(
            client.text(),
            subject=f"Drill {key}",
            sender=f"{key}@home.example",
            message_id=named(key),
        )
        told = client.mail(key, raw, ticket=None)
        while told is not None and not told["ticket_id"]:
            told = client.mail(key, raw, ticket=None)
        if told is None:
            raise SystemExit(f"{key} was refused; the load cannot begin.")
        found.append(told["ticket_id"])
    return found


def main(url: str, key: str, journal: str, seed: str, rate: str) -> None:
    desk = Desk(url, key, Journal(Path(journal)), seed, float(rate), threading.Event(), [])
    signal.signal(signal.SIGTERM, lambda *_: desk.stop.set())
    clients = [Client(desk, number) for number in range(1, CLIENTS + 1)]
    desk.hot = open_the_few(clients[0])
    for client in clients:
        client.start()
    for client in clients:
        client.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
