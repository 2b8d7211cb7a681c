"""A line to PostgreSQL that loses the answer to a COMMIT: the server has done it, nobody hears so.

    with LossyLine("127.0.0.1", 5432) as line:   # line.port is where to connect instead
        line.lose(3)                             # the third COMMIT from now on, on any connection
        ...
        assert line.lost                         # it came to that

Any process may be sent through it: give it a DATABASE_URL with ``line.port`` and
``sslmode=disable``, for the line must see where a COMMIT passes. ``through`` sends this process.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from typing import Self

from django.db import connection

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
AT_ONCE = 65_536


class Link:
    """One caller and its own connection to the server."""

    def __init__(self, line: "LossyLine", caller: socket.socket) -> None:
        self.line, self.caller = line, caller
        self.server = socket.create_connection(line.target)
        self.losing = False
        for work in (self.ask, self.answer):
            Thread(target=work, daemon=True).start()

    def ask(self) -> None:
        """Pass on what the caller says, and watch for the COMMIT whose answer is to be lost."""
        with suppress(OSError):
            while said := self.caller.recv(AT_ONCE):
                if said.endswith(COMMIT) and self.line.is_to_be_lost():
                    self.losing = True
                self.server.sendall(said)
        self.hang_up()

    def answer(self) -> None:
        """Pass on what the server says; the lost answer ends the connection."""
        with suppress(OSError):
            while said := self.server.recv(AT_ONCE):
                if self.losing:
                    break
                self.caller.sendall(said)
        self.hang_up()

    def hang_up(self) -> None:
        for end in (self.caller, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class LossyLine:
    """Listens on a port of its own, until the block ends."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.lock, self.left, self.links = Lock(), 0, []
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
                self.links.append(Link(self, caller))

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


@contextmanager
def through(line: LossyLine) -> Iterator[None]:
    """Send this process's statements through the line for the length of a block."""
    known = connection.settings_dict
    before = {name: known[name] for name in ("HOST", "PORT", "OPTIONS")}
    connection.close()
    options = known["OPTIONS"] | {"sslmode": "disable"}
    known |= {"HOST": "127.0.0.1", "PORT": line.port, "OPTIONS": options}
    try:
        yield
    finally:
        connection.close()
        known |= before
