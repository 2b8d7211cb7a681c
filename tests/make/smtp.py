"""A real mail server in a thread, which does what it is told: `PostOffice(script={…})`."""

import socketserver
import threading
from collections.abc import Mapping
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

HANG_UP = "hang up"
DRIP = "drip"


class PostOffice:
    """Takes mail on a port of its own.

    ``script`` says what to answer instead of yes, by the client's word: CONNECT, EHLO, MAIL, RCPT,
    DATA, and END for the end of the content. ``HANG_UP`` closes the connection there, ``DRIP``
    says a byte at a time and never comes to an end. ``refused`` says what to answer for whom.
    """

    def __init__(
        self,
        script: Mapping[str, str] | None = None,
        *,
        refused: Mapping[str, str] | None = None,
    ) -> None:
        self.script, self.refused = dict(script or {}), dict(refused or {})
        self.closing = threading.Event()
        self.taken: list[tuple[str, list[str], bytes]] = []
        office = self

        class Desk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                Conversation(office, self).hold()

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Desk)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def letters(self) -> list[EmailMessage]:
        """What was taken, read."""
        return [message_from_bytes(raw, policy=policy.default) for _, _, raw in self.taken]


class Conversation:
    """One client at the desk."""

    def __init__(self, office: PostOffice, desk: socketserver.StreamRequestHandler) -> None:
        self.office, self.desk = office, desk
        self.sender, self.recipients = "", []

    def hold(self) -> None:
        if not self.answer("CONNECT", "220 post office"):
            return
        for line in self.desk.rfile:
            word = line.split(b":")[0].split()[0].decode().upper() if line.strip() else ""
            if word == "QUIT" or not self.respond(word, line.decode().strip()):
                return

    def respond(self, word: str, line: str) -> bool:
        if word == "MAIL":
            self.sender, self.recipients = line, []
        if word == "RCPT":
            address = line.partition("<")[2].partition(">")[0]
            if no := self.office.refused.get(address):
                return self.answer("", no)
            self.recipients.append(address)
        if word != "DATA":
            return self.answer(word, "250 yes")
        return self.answer("DATA", "354 go on") and self.take()

    def take(self) -> bool:
        if "DATA" in self.office.script:
            return True
        lines = []
        for line in self.desk.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        if self.office.script.get("END", "250") in ("250", HANG_UP, DRIP):
            self.office.taken.append((self.sender, self.recipients, b"".join(lines)))
        return self.answer("END", "250 taken")

    def answer(self, word: str, otherwise: str) -> bool:
        said = self.office.script.get(word, otherwise)
        if said == DRIP:
            return self.drip()
        if said != HANG_UP:
            self.desk.wfile.write(f"{said}\r\n".encode())
        return said != HANG_UP

    def drip(self) -> bool:
        with suppress(OSError):
            while not self.office.closing.wait(0.05):
                self.desk.wfile.write(b"2")
        return False
