"""A line to a server on which words of the server are others when they arrive.

with RewordingLine("127.0.0.1", server.port) as line:   # line.port is where to connect instead
    line.words[rb"\\[UIDVALIDITY .*?\\]"] = b""           # from now on
    line.words.clear()                                  # what it says arrives again as it is
"""

import re
from contextlib import suppress

from tests.make.proxy import Line, Link


class RewordingLink(Link):
    """Looks at each line of the server's before it is passed on."""

    line: "RewordingLine"

    def answer(self) -> None:
        with suppress(OSError):
            for said in self.server.makefile("rb"):
                self.caller.sendall(self.line.reworded(said))
        self.hang_up()


class RewordingLine(Line):
    """Knows which words are others, by patterns."""

    kind = RewordingLink

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.words: dict[bytes, bytes] = {}

    def reworded(self, said: bytes) -> bytes:
        """One line as it arrives."""
        for pattern, other in self.words.items():
            said = re.sub(pattern, other, said)
        return said
