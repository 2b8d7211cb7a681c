"""A line to an IMAP server that answers some commands by itself: no, yes and nothing, or never.

with RefusingLine("127.0.0.1", server.port) as line:   # line.port is where to connect instead
    line.answers[r"UID FETCH 3 .*BODY"] = NO           # from now on
    line.answers.clear()                               # the server itself answers again
"""

import re
from contextlib import suppress

from tests.make.proxy import Line, Link

NO = "NO [UNAVAILABLE] The disk is away for a while."
YES = "OK Fetch completed."
BAD = "BAD Internal error."
HANG_UP = "hang up"
SILENCE = "silence"


class RefusingLink(Link):
    """Looks at each line of the caller's before it is passed on."""

    line: "RefusingLine"

    def ask(self) -> None:
        with suppress(OSError):
            for said in self.caller.makefile("rb"):
                if answer := self.line.answer_to(said.decode("ascii", "replace")):
                    tag = said.split(b" ", 1)[0]
                    if answer == HANG_UP:
                        break
                    if answer == SILENCE:
                        continue
                    self.caller.sendall(tag + b" " + answer.encode() + b"\r\n")
                else:
                    self.server.sendall(said)
        self.hang_up()


class RefusingLine(Line):
    """Knows which commands it answers, by patterns, and how."""

    kind = RefusingLink

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.answers: dict[str, str] = {}

    def answer_to(self, said: str) -> str:
        """What to say instead of the server; empty for most commands."""
        found = (answer for pattern, answer in self.answers.items() if re.search(pattern, said))
        return next(found, "")
