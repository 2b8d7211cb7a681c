"""How the stand-in misbehaves: drawn anew for each request, the same for the same seed."""

import random
from collections import Counter
from enum import StrEnum


class Manner(StrEnum):
    """What the stand-in does with one request."""

    GOOD = "good"
    LATE = "late"
    FAILS = "answers 500"
    FAILS_AFTER = "applies, answers 500"
    HANGS = "times out"
    HANGS_AFTER = "applies, times out"
    HANGS_UP_AFTER = "applies, hangs up"
    BROKEN = "broken JSON"
    PAGE = "HTML in place of JSON"
    FLIPS = "another answer than before"


WRITES = {
    Manner.GOOD: 76,
    Manner.LATE: 6,
    Manner.FAILS: 5,
    Manner.FAILS_AFTER: 4,
    Manner.HANGS: 1,
    Manner.HANGS_AFTER: 2,
    Manner.HANGS_UP_AFTER: 3,
    Manner.BROKEN: 3,
}
READS = {
    Manner.GOOD: 83,
    Manner.LATE: 6,
    Manner.FAILS: 6,
    Manner.HANGS: 1,
    Manner.BROKEN: 1,
    Manner.PAGE: 3,
}
MODEL = {
    Manner.GOOD: 67,
    Manner.LATE: 6,
    Manner.FAILS: 5,
    Manner.HANGS: 1,
    Manner.BROKEN: 5,
    Manner.FLIPS: 16,
}
MAIL = {
    Manner.GOOD: 72,
    Manner.LATE: 14,
    Manner.FAILS: 6,
    Manner.HANGS: 1,
    Manner.HANGS_AFTER: 3,
    Manner.HANGS_UP_AFTER: 4,
}
APPLIES = {
    Manner.GOOD,
    Manner.LATE,
    Manner.FAILS_AFTER,
    Manner.HANGS_AFTER,
    Manner.HANGS_UP_AFTER,
    Manner.BROKEN,
}


class Moods:
    """The manner of each request: by the seed, what is asked, and how often it was before."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.asked: Counter[str] = Counter()
        self.well = False

    def draw(self, what: str, weights: dict[Manner, int]) -> Manner:
        """The manner for this request."""
        self.asked[what] += 1
        if self.well:
            return Manner.GOOD
        luck = random.Random(f"{self.seed}/{what}/{self.asked[what]}")
        return luck.choices(list(weights), list(weights.values()))[0]
