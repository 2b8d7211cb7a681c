"""A line to an IMAP server that goes wrong at some mails, or in one folder, and nowhere else.

with MisbehavingLine("127.0.0.1", server.port) as line:   # line.port is where to connect instead
    line.mails[3] = ("BODY", HANG_UP)                 # whenever this one is asked for
    line.folders["Shared"] = ("SELECT", NO)               # and whatever is asked in that folder
"""

import re

from tests.make.refusing import RefusingLine


class MisbehavingLine(RefusingLine):
    """Knows the mails and folders at which it goes wrong, at which word, and how."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.mails: dict[int, tuple[str, str]] = {}
        self.folders: dict[str, tuple[str, str]] = {}
        self.folder = ""

    def answer_to(self, said: str) -> str:
        if opened := re.search(r" (?:SELECT|EXAMINE) \"?([^\"\r\n]*)", said):
            self.folder = opened[1]
        word, answer = self.folders.get(self.folder, ("", ""))
        if word and word in said:
            return answer
        asked = re.search(r" UID FETCH ([\d:,]+) ", said)
        for uid, (word, answer) in self.mails.items():
            if asked and word in said and holds(asked[1], uid):
                return answer
        return super().answer_to(said)


def holds(uids: str, uid: int) -> bool:
    """Whether a mail is in a set as IMAP writes it."""
    runs = [run.split(":") for run in uids.split(",")]
    return any(int(run[0]) <= uid <= int(run[-1]) for run in runs)
