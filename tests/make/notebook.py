"""An outside that outlives its askers: a folder of notes, which no crash of ours takes back."""

import json
import os
from pathlib import Path
from typing import Any


def page(about: str) -> Path:
    """Where the notes about one thing are."""
    return Path(os.environ["TESTS_NOTEBOOK"]) / about.replace(":", "-")


def note(about: str, **entry: Any) -> None:
    """Append one line, at once and for ever."""
    line = json.dumps(entry).encode() + b"\n"
    number = os.open(page(about), os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    try:
        os.write(number, line)
    finally:
        os.close(number)


def notes(about: str, **matching: Any) -> list[dict[str, Any]]:
    """The lines about a thing that say all this, oldest first."""
    if not page(about).exists():
        return []
    lines = [json.loads(line) for line in page(about).read_text().splitlines()]
    return [line for line in lines if matching.items() <= line.items()]
