"""Reads the sample stories: text files in which each turn is a mail or what somebody then did.

A turn begins with `=== mail` (or `again`, `reply`, `note`, `change`, `review`); then come lines
`Name: value`, an empty line, and the text. `Ago` says how long before now it happened.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

STORIES = Path(__file__).with_name("stories")
KINDS = ("mail", "again", "reply", "note", "change", "review")
TURN = re.compile(rf"^=== ({'|'.join(KINDS)})\n", re.MULTILINE)
AGO = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One thing that happens in a story."""

    story: str
    number: int
    kind: str
    fields: dict[str, str]
    text: str

    @property
    def key(self) -> str:
        """The turn's name, the same each time: it happens once under it."""
        return f"{self.story}.{self.number}"

    @property
    def ago(self) -> timedelta:
        """How long before now."""
        hours, minutes = AGO.fullmatch(self.fields["Ago"]).groups()  # type: ignore[union-attr]
        return timedelta(hours=int(hours or 0), minutes=int(minutes or 0))


def every_turn(folder: Path = STORIES) -> list[Turn]:
    """All turns of all stories, in the order in which they happened."""
    turns = [turn for path in sorted(folder.glob("*.txt")) for turn in turns_of(path)]
    return sorted(turns, key=lambda turn: -turn.ago)


def turns_of(path: Path) -> Iterator[Turn]:
    """The turns of one file."""
    _before, *pieces = TURN.split(path.read_text(encoding="utf-8"))
    for number, (kind, piece) in enumerate(zip(pieces[::2], pieces[1::2], strict=True), start=1):
        head, _, text = piece.partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.strip().splitlines())
        yield Turn(story=path.stem, number=number, kind=kind, fields=fields, text=text.strip("\n"))
