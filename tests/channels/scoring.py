"""How well the new text of replies is found, line by line, beside what a person marked by hand.

A line is right when it is shown and was marked. Two ways of counting: strictly, a quoted line
that is shown counts as wrong; fairly, it counts as nothing where an answer below it was written
into the quotation, for there the quotation is shown on purpose.
"""

import json
from dataclasses import dataclass
from pathlib import Path

LABELS = Path(__file__).with_name("data") / "visible_lines.json"
MATCH = 1_000


@dataclass(frozen=True, kw_only=True)
class Score:
    """Lines: shown and right, shown and wrong, of those neutral, and lost."""

    right: int = 0
    wrong: int = 0
    neutral: int = 0
    lost: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            right=self.right + other.right,
            wrong=self.wrong + other.wrong,
            neutral=self.neutral + other.neutral,
            lost=self.lost + other.lost,
        )

    @property
    def strict(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def fair(self) -> float:
        return self.right / (self.right + self.wrong - self.neutral)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.lost)


def labels() -> list[dict]:
    """What was marked by hand: files, and ranges of lines of their text."""
    return json.loads(LABELS.read_text())


def score(text: str, visible: str, ranges: list[list[int]]) -> Score:
    """Compare what is shown of one text with the lines marked in it."""
    lines = text.split("\n")
    wanted = {n for first, last in ranges for n in range(first, last + 1) if lines[n].strip()}
    shown = [line.strip() for line in visible.split("\n") if line.strip()]
    kept = aligned(lines, shown, wanted)
    wrong = len(kept - wanted) + len(shown) - len(kept)
    return Score(
        right=len(kept & wanted),
        wrong=wrong,
        neutral=len((kept - wanted) & answered(lines, wanted)),
        lost=len(wanted - kept),
    )


def answered(lines: list[str], wanted: set[int]) -> set[int]:
    """Quoted lines above the last marked line, where marked and quoted lines take turns."""
    quoted = {n for n, line in enumerate(lines) if line.lstrip().startswith(">")}
    first, last = min(wanted), max(wanted)
    takes_turns = any(first < n < last for n in quoted)
    return {n for n in quoted if n < last} if takes_turns else set()


def aligned(lines: list[str], shown: list[str], wanted: set[int]) -> set[int]:
    """The lines of the text that are shown: the longest common run, marked ones preferred."""
    filled = [n for n, line in enumerate(lines) if line.strip()]
    best = [[0] * (len(shown) + 1) for _ in range(len(filled) + 1)]
    for a in range(len(filled) - 1, -1, -1):
        for b in range(len(shown) - 1, -1, -1):
            best[a][b] = max(best[a + 1][b], best[a][b + 1])
            if lines[filled[a]].strip() == shown[b]:
                worth = MATCH + (filled[a] in wanted)
                best[a][b] = max(best[a][b], best[a + 1][b + 1] + worth)
    kept: set[int] = set()
    a = b = 0
    while a < len(filled) and b < len(shown):
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            kept.add(filled[a])
            a, b = a + 1, b + 1
    return kept
