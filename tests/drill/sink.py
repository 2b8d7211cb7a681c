"""The mail server of the stand-in: takes mails, writes down which, and fails as it is told to."""

import socketserver
import time
from email import message_from_bytes, policy

from tests.drill.behaviour import APPLIES, MAIL, Manner, Moods
from tests.drill.journal import Journal

HOLD = 15.0
"""Longer than a client waits for one answer."""
LATE = 1.5


class PostOffice(socketserver.ThreadingTCPServer):
    """Listens on the loopback; each mail that it took is in the journal before it says so."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, journal: Journal, moods: Moods) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.journal, self.moods = journal, moods

    def handle_error(self, *words: object) -> None:
        """A client that went away is what a drill is made of."""


class Conversation(socketserver.StreamRequestHandler):
    """One client."""

    server: PostOffice

    def handle(self) -> None:
        manner = self.server.moods.draw("mail", MAIL)
        if manner is Manner.FAILS:
            self.server.journal.write("asked", what="mail", manner=manner)
            self.say("421 come back later")
            return
        self.say("220 post office")
        for line in self.rfile:
            word = line.split(b":")[0].split()[0].upper() if line.strip() else b""
            if word == b"QUIT" or (word == b"DATA" and not self.take(manner)):
                return
            if word != b"DATA":
                self.say("250 yes")

    def take(self, manner: Manner) -> bool:
        """Take the content; false when the line goes dead."""
        self.say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        else:
            return False
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        facts = {"message_id": str(mail["Message-ID"]).strip(), "to": str(mail["To"])}
        self.server.journal.write("asked", what="mail", manner=manner, **facts)
        if manner in APPLIES:
            self.server.journal.write("taken", **facts)
        if manner is Manner.LATE:
            time.sleep(LATE)
        if manner in (Manner.HANGS, Manner.HANGS_AFTER):
            time.sleep(HOLD)
        if manner in (Manner.HANGS, Manner.HANGS_AFTER, Manner.HANGS_UP_AFTER):
            return False
        self.say("250 taken")
        return True

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
