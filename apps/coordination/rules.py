"""The engine's plain decisions: when to try again, when to give up."""

from dataclasses import dataclass
from datetime import timedelta

LEASE = timedelta(seconds=30)
"""How long a claim holds; a write of the executor starts it anew when little is left of it."""

LEASE_LEFT = 20.0
"""So many seconds of its lease an executor has after each of its writes, at least."""

CALL_MARGIN = timedelta(seconds=15)
"""A lease outlives the time limit of an outside call by this much."""

MAX_TAKEOVERS = 5
"""A run whose process died this often without finishing a step is poison."""

BREAKER_FAILURES = 5
"""A breaker opens when more calls than this failed in a row."""

BREAKER_OPEN_FOR = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often, and how far apart, one kind of error is tried again."""

    attempts: int
    base: timedelta
    cap: timedelta


OUTAGE = Patience(attempts=14, base=timedelta(seconds=1), cap=timedelta(hours=1))
BUG = Patience(attempts=3, base=timedelta(seconds=2), cap=timedelta(seconds=30))


MISSING_VERSION = Patience(attempts=20, base=timedelta(seconds=30), cap=timedelta(seconds=120))
"""A deploy brings the version within minutes, or an operator must hear of it."""


def retry_after(patience: Patience, *, attempts: int, luck: float) -> timedelta | None:
    """Return the pause before the next try, or None when it is time to give up.

    ``attempts`` counts the failed ones so far, this one included; ``luck`` is uniform in 0..1.
    Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    if attempts >= patience.attempts:
        return None
    ceiling = min(patience.cap, patience.base * (1 << min(attempts, 30)))
    return ceiling * luck


def look_again_after(seconds: float, *, luck: float) -> timedelta:
    """The pause before a run looks at its breaker again, which stays open for so many seconds.

    The longer it was, the more runs wait for its end: they come back over a quarter of it, and
    over two seconds at least.
    """
    return timedelta(seconds=seconds + luck * max(2.0, seconds / 4))
