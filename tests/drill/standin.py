"""The outside: a CRM, a shop, a model and a mail server in a process of their own.

`python -m tests.drill.standin PORT MAIL_PORT JOURNAL SEED`. USR1 makes it well-behaved for good.
It honours idempotency keys, and writes each request and each effect down before it answers.
"""

import json
import re
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.drill.behaviour import APPLIES, MODEL, READS, WRITES, Manner, Moods
from tests.drill.journal import Journal, entries
from tests.drill.sink import PostOffice

HOLD = 22.0
"""Longer than anybody here waits for an answer."""
LATE = 1.5
NOTES = re.compile(r"/crm/contacts/([^/]+)/notes")
ORDER = re.compile(r"/shop/orders/([^/]+)")


class Store:
    """What the CRM holds: one effect for each key, rebuilt from the journal after a kill."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.Lock()
        self.kept: dict[str, dict[str, Any]] = {}
        for entry in entries(path):
            if entry["kind"] == "applied":
                self.kept[entry["key"]] = entry
        self.journal = Journal(path)

    def apply(self, what: str, key: str, about: str, data: dict[str, Any]) -> dict[str, Any]:
        """Keep it under its key, once; the second time returns what was kept first."""
        with self.lock:
            if key in self.kept:
                self.journal.write("repeated", what=what, key=key, about=about)
                return self.kept[key]["data"]
            data = {"id": f"{what}-{len(self.kept) + 1}", **data}
            self.journal.write("applied", what=what, key=key, about=about, data=data)
            self.kept[key] = {"what": what, "key": key, "about": about, "data": data}
            return data

    def about(self, what: str, about: str) -> list[dict[str, Any]]:
        """What is kept about somebody or something."""
        with self.lock:
            kept = self.kept.values()
            return [one["data"] for one in kept if (one["what"], one["about"]) == (what, about)]


class Desk(BaseHTTPRequestHandler):
    """One request to the CRM, the shop or the model."""

    protocol_version = "HTTP/1.1"
    store: Store
    moods: Moods

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        manner = self.moods.draw(f"GET {self.path}", READS)
        self.store.journal.write("asked", what=f"GET {parts.path}", manner=manner)
        if parts.path == "/crm/contacts":
            found: Any = {"results": self.store.about("contact", query.get("email", ""))}
        elif NOTES.fullmatch(parts.path):
            found = {"results": self.store.about("note", query.get("reference", ""))}
        elif order := ORDER.fullmatch(parts.path):
            found = order_of(unquote(order[1]))
        else:
            found = None
        self.reply(manner, found)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/chat/completions":
            self.classify(body)
            return
        key = self.headers.get("Idempotency-Key", "")
        notes = NOTES.fullmatch(self.path)
        what, about = ("note", body["reference"]) if notes else ("contact", body["email"])
        manner = self.moods.draw(f"{what} {key}", WRITES)
        self.store.journal.write("asked", what=what, key=key, about=about, manner=manner)
        data = self.store.apply(what, key, about, body) if manner in APPLIES else {}
        self.reply(manner, {what: data})

    def classify(self, body: dict[str, Any]) -> None:
        """Name a category: the first one offered, or when it flips the second."""
        manner = self.moods.draw("model", MODEL)
        self.store.journal.write("asked", what="model", manner=manner)
        asked = body["messages"]
        offered = sorted(
            re.findall(r"^(q\d\d): ([^-]+) - ", asked[0]["content"], re.M), key=by_name
        )
        category = offered[1 if manner is Manner.FLIPS else 0][0]
        words = json.loads(asked[1]["content"].split("\n")[1]).split()
        said = {"category": category, "evidence": words[0], "needs_person": False}
        message = {"role": "assistant", "content": json.dumps(said), "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self.reply(manner, {"id": "1", "object": "chat.completion", "choices": [choice]})

    def reply(self, manner: Manner, found: Any) -> None:
        """Answer in this manner."""
        if manner is Manner.LATE:
            time.sleep(LATE)
        if manner in (Manner.HANGS, Manner.HANGS_AFTER):
            time.sleep(HOLD)
        if manner in (Manner.HANGS, Manner.HANGS_AFTER, Manner.HANGS_UP_AFTER):
            self.close_connection = True
            return
        kind, body = "application/json", json.dumps(found).encode()
        status = 404 if found is None else 200
        if manner in (Manner.FAILS, Manner.FAILS_AFTER):
            status, body = 500, b'{"error": "out of order"}'
        elif manner is Manner.BROKEN:
            body = body[: len(body) // 2]
        elif manner is Manner.PAGE:
            kind, body = "text/html", b"<h1>We are moving house</h1>"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Say nothing; the journal tells all."""


def by_name(category: tuple[str, str]) -> str:
    """Ids are dealt anew for each question; names stay."""
    return category[1]


def order_of(number: str) -> dict[str, Any] | None:
    """The shop knows every order whose number is even."""
    digits = "".join(filter(str.isdigit, number))
    if not digits or int(digits) % 2:
        return None
    order = {"name": number, "state": "shipped", "total": "29.00", "currency": "EUR", "items": []}
    return {"order": order}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *words: Any) -> None:
        """A client that went away is what a drill is made of."""


def main(port: str, mail_port: str, journal: str, seed: str) -> None:
    Desk.store, Desk.moods = Store(Path(journal)), Moods(seed)
    moods = [Desk.moods, Moods(f"{seed}/mail")]
    signal.signal(signal.SIGUSR1, lambda *_: [setattr(mood, "well", True) for mood in moods])
    office = PostOffice(int(mail_port), Desk.store.journal, moods[1])
    threading.Thread(target=office.serve_forever, daemon=True).start()
    Server(("127.0.0.1", int(port)), Desk).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
