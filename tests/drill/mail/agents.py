"""Agents answer through the API as tickets come, and decide about what is in doubt."""

import json
import random
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import psycopg

from tests.drill.facts import grouped
from tests.drill.journal import Journal, entries
from tests.drill.mail.letters import Letter
from tests.drill.servers import Stack
from tests.drill.watch import connect

EVERY = 0.5
BOSS = "boss@home.example"
ASKED = """
    SELECT message_id_header, ticket_id FROM tickets_message
     WHERE kind = 'incoming' AND message_id_header = ANY(%s)"""
UNDECIDED = """
    SELECT id, delivery, message_id_header FROM tickets_message
     WHERE kind = 'outgoing' AND delivery IN ('in_doubt', 'failed') ORDER BY id"""


class Agents(threading.Thread):
    """Answer each mail that is to be answered, once, and never give up on one."""

    def __init__(self, stack: Stack, asked: list[Letter], journal: Journal) -> None:
        super().__init__(name="agents", daemon=True)
        self.stack, self.journal = stack, journal
        self.open = {letter.name: letter for letter in asked}
        self.over = threading.Event()
        headers = {"Authorization": f"Bearer {stack.told['key']}"}
        self.http = httpx2.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=20)

    def run(self) -> None:
        """Look for what can be answered, until all is, or told to stop."""
        while self.open and not self.over.wait(EVERY):
            with suppress(psycopg.Error), connect(self.stack.straight) as line:
                found = line.execute(ASKED, [list(self.open)]).fetchall()
                for name, ticket in found:
                    self.answer(self.open[name], ticket)

    def answer(self, letter: Letter, ticket: int) -> None:
        """Write a reply under its key; without a yes it is written again later."""
        data: dict[str, Any] = {"kind": "reply", "text": f"Answer to {letter.key}."}
        if random.Random(letter.key).random() < 0.25:
            data["cc"] = [BOSS]
        to = [letter.sender, *data.get("cc", [])]
        self.journal.write("begun", key=letter.key, to=to)
        headers = {"Idempotency-Key": f"answer-{letter.key}"}
        try:
            path = f"/tickets/{ticket}/messages/"
            said = self.http.post(path, json=data, headers=headers)
        except (httpx2.HTTPError, OSError):
            return
        if said.status_code < 300:
            number = said.json()["id"]
            self.journal.write("wrote", key=letter.key, to=to, ticket=ticket, message_id=number)
            del self.open[letter.name]
        elif said.status_code < 500 and said.status_code not in (409, 429):
            self.journal.write("refused", key=letter.key, said=said.text[:500])
            del self.open[letter.name]

    def end(self) -> None:
        """Stop looking."""
        self.over.set()
        self.join(60)


def decide(stack: Stack, journal: Journal, office: Path, *, seed: str) -> int:
    """Press a button for each reply in doubt, and for some that failed; how many there were.

    Whoever decides looks at the mail server: what it has arrived, what it has not is sent again.
    Now and then somebody says "send again" all the same: that is the one second copy there may be.
    """
    copies = grouped((e for e in entries(office) if e["kind"] == "taken"), "message_id")
    tried = {entry["message_id"] for entry in entries(journal.path) if entry["kind"] == "pressed"}
    with connect(stack.straight) as line:
        rows = line.execute(UNDECIDED).fetchall()
    pressed = []
    for number, delivery, name in rows:
        if delivery == "failed" and number in tried:
            continue
        button = chosen(random.Random(f"{seed}/{number}"), delivery, arrived=name in copies)
        if button:
            journal.write("pressing", message_id=number, button=button, was=delivery)
            pressed.append({"message_id": number, "button": button})
    for said in press(stack, pressed):
        journal.write("pressed", **said)
    return len(pressed)


def chosen(luck: random.Random, delivery: str, *, arrived: bool) -> str:
    """Which button somebody presses; none for most of what failed for good."""
    if delivery == "failed":
        return "again" if luck.random() < 0.3 else ""
    if arrived and luck.random() < 0.8:
        return "arrived"
    return "again"


def press(stack: Stack, pressed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Press the buttons, in a process of the product."""
    if not pressed:
        return []
    said = stack.run(
        "buttons",
        "-m",
        "tests.drill.mail.buttons",
        told="".join(json.dumps(one) + "\n" for one in pressed),
    )
    return [json.loads(line) for line in said.splitlines()]
