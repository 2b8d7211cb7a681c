"""What reading each hostile mail takes of memory, in a process of its own: `python -m` this.

Prints one line of JSON: name, bytes of the mail, bytes that reading it took at its highest, above
what the process and the mail took before. Only Linux tells.
"""

import json
import os
from pathlib import Path

from apps.channels.parsing import parse_mail
from tests.channels.hostile import HOSTILE

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def kilobytes(field: str) -> int:
    """A figure of this process."""
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def measured(name: str) -> dict[str, str | int]:
    """The highest of what this process takes while it reads a mail."""
    raw = HOSTILE[name]()
    RESET.write_text("5")
    before = kilobytes("VmRSS")
    parse_mail(raw)
    return {"name": name, "size": len(raw), "took": (kilobytes("VmHWM") - before) * 1024}


def main() -> None:
    """Read each in a child, so that none leaves its memory to the next."""
    parse_mail(b"From: a@b.example\n\nwarm <b>up</b>")
    for name in HOSTILE:
        child = os.fork()
        if child == 0:
            try:
                os.write(1, json.dumps(measured(name)).encode() + b"\n")
            finally:
                os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
