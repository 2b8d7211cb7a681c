"""Lines to a server that go wrong. One to PostgreSQL loses the answer to a COMMIT: it was done.

    with LossyLine("127.0.0.1", 5432) as line:   # line.port is where to connect instead
        line.lose(3)                             # the third COMMIT from now on, on any connection
        ...
        assert line.lost                         # it came to that

Any process may be sent through it: give it a DATABASE_URL with ``line.port`` and
``sslmode=disable``, for the line must see where a COMMIT passes. ``through`` sends this process.

Another goes mute: nothing passes any more, and neither end is told so.

    with MuteLine("127.0.0.1", 6379) as line:
        line.mute()                          # for whoever is connected, and whoever connects
        ...
        line.speak()                         # for whoever connects from now on
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Lock, Thread
from typing import Any, Self

from django.db import connection

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
AT_ONCE = 65_536


class Link:
    """One caller and its own connection to the server."""

    def __init__(self, line: "Line", caller: socket.socket) -> None:
        self.line, self.caller = line, caller
        self.server = socket.create_connection(line.target)
        for work in (self.ask, self.answer):
            Thread(target=work, daemon=True).start()

    def ask(self) -> None:
        """Pass on what the caller says."""
        self.carry(self.caller, self.server)

    def answer(self) -> None:
        """Pass on what the server says."""
        self.carry(self.server, self.caller)

    def carry(self, one: socket.socket, other: socket.socket) -> None:
        """Pass on what one says to the other, until one of them hangs up."""
        with suppress(OSError):
            while said := one.recv(AT_ONCE):
                other.sendall(said)
        self.hang_up()

    def hang_up(self) -> None:
        for end in (self.caller, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Line:
    """Listens on a port of its own, until the block ends."""

    kind: type[Link]

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.links: list[Link] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self.listener.getsockname()[1])

    def __enter__(self) -> Self:
        Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()
        for link in self.links:
            link.hang_up()

    def listen(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                self.links.append(self.kind(self, caller))


class LossyLink(Link):
    """Watches for the COMMIT whose answer is to be lost; that ends the connection."""

    line: "LossyLine"
    losing = False

    def ask(self) -> None:
        with suppress(OSError):
            while said := self.caller.recv(AT_ONCE):
                if said.endswith(COMMIT) and self.line.is_to_be_lost():
                    self.losing = True
                self.server.sendall(said)
        self.hang_up()

    def answer(self) -> None:
        with suppress(OSError):
            while said := self.server.recv(AT_ONCE):
                if self.losing:
                    break
                self.caller.sendall(said)
        self.hang_up()


class LossyLine(Line):
    """Loses the answer to one COMMIT."""

    kind = LossyLink

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.lock, self.left = Lock(), 0

    def lose(self, number: int) -> None:
        """Lose the answer to so manieth a COMMIT from now on, once."""
        self.left = number

    @property
    def lost(self) -> bool:
        """Whether that COMMIT has come."""
        return self.left <= 0

    def is_to_be_lost(self) -> bool:
        """Count a COMMIT; true for the one."""
        with self.lock:
            self.left -= 1
            return self.left == 0


class CutLink(Link):
    """Passes on so many bytes of what the server says, and hangs up."""

    line: "CutLine"

    def answer(self) -> None:
        with suppress(OSError):
            while said := self.server.recv(AT_ONCE):
                self.line.left -= len(said)
                if self.line.left < 0:
                    self.caller.sendall(said[: self.line.left])
                    self.line.left = sys.maxsize
                    break
                self.caller.sendall(said)
        self.hang_up()


class CutLine(Line):
    """Hangs up once, in the middle of an answer."""

    kind = CutLink
    left = sys.maxsize

    def cut(self, *, after: int) -> None:
        """Let so many bytes pass yet."""
        self.left = after

    @property
    def is_cut(self) -> bool:
        return self.left > sys.maxsize // 2


class MuteLink(Link):
    """Once mute it swallows all, and hides from each end that the other has hung up."""

    def __init__(self, line: "MuteLine", caller: socket.socket) -> None:
        self.is_mute = line.is_mute
        super().__init__(line, caller)

    def carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(AT_ONCE):
                if not self.is_mute:
                    other.sendall(said)
        if not self.is_mute:
            self.hang_up()


class MuteLine(Line):
    """Goes mute, and speaks again to those who connect anew."""

    kind = MuteLink
    links: list[MuteLink]  # type: ignore[assignment]
    is_mute = False

    def mute(self) -> None:
        """Let nothing pass, and tell nobody."""
        self.is_mute = True
        self.known = len(self.links)
        for link in self.links:
            link.is_mute = True

    @property
    def called_in_vain(self) -> bool:
        """Whether somebody gave a connection up and tried another, which is mute too."""
        return len(self.links) > self.known

    def speak(self) -> None:
        """Let those pass who connect from now on."""
        self.is_mute = False


@contextmanager
def moved(**changes: Any) -> Iterator[None]:
    """Connect this process to another place, such as PORT, for the length of a block."""
    known = connection.settings_dict
    before = {name: known[name] for name in changes}
    connection.close()
    known |= changes
    try:
        yield
    finally:
        connection.close()
        known |= before


def through(line: LossyLine) -> AbstractContextManager[None]:
    """Send this process's statements through the line for the length of a block."""
    options = connection.settings_dict["OPTIONS"] | {"sslmode": "disable"}
    return moved(HOST="127.0.0.1", PORT=line.port, OPTIONS=options)
