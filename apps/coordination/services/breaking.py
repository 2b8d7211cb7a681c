"""Circuit breakers: a destination that keeps failing is left alone for a while."""

from dataclasses import dataclass

from apps.coordination.models import Breaker
from apps.coordination.rules import BREAKER_FAILURES, BREAKER_OPEN_FOR
from apps.core.db import rows
from apps.core.errors import Unavailable


class BreakerOpen(Unavailable):
    """The destination failed repeatedly; nobody asks it now, and no attempt is spent."""

    message = "{destination} is left alone for {seconds:.0f} s after repeated failures."


PROBE = """
    UPDATE coordination_breaker SET probe_until = clock_timestamp() + %(open_for)s
     WHERE destination = %(destination)s AND open_until <= clock_timestamp()
       AND (probe_until IS NULL OR probe_until <= clock_timestamp()) RETURNING destination"""

LEFT = """
    SELECT GREATEST(1, EXTRACT(epoch FROM
               GREATEST(open_until, COALESCE(probe_until, open_until)) - clock_timestamp()))
      FROM coordination_breaker
     WHERE destination = %(destination)s AND open_until IS NOT NULL"""

FAILED = """
    INSERT INTO coordination_breaker AS b (destination, failures, last_error)
    VALUES (%(destination)s, 1, %(error)s)
    ON CONFLICT (destination) DO UPDATE
       SET failures = b.failures + 1, last_error = %(error)s, probe_until = NULL,
           open_until = CASE WHEN b.failures >= %(most)s
                             THEN clock_timestamp() + %(open_for)s ELSE b.open_until END,
           changed_at = clock_timestamp()
    RETURNING failures"""


@dataclass(frozen=True, kw_only=True)
class Health:
    """How a destination did lately."""

    is_failing: bool = False
    is_open: bool = False


HEALTH = """
    SELECT failures > 0 OR open_until IS NOT NULL, open_until IS NOT NULL
      FROM coordination_breaker WHERE destination = %(destination)s"""


def health_of(destination: str) -> Health:
    """Whether its last call failed, and whether calls must ask ``pass_or_raise`` first."""
    found = rows(HEALTH, {"destination": destination})
    return Health(is_failing=found[0][0], is_open=found[0][1]) if found else Health()


def pass_or_raise(destination: str) -> None:
    """Let a call through, or raise BreakerOpen. Of many, one may probe a half-open breaker."""
    params = {"destination": destination, "open_for": BREAKER_OPEN_FOR}
    left = rows(LEFT, params)
    if left and not rows(PROBE, params):
        raise BreakerOpen(destination=destination, seconds=float(left[0][0]))


def record_failure(destination: str, error: str) -> None:
    """Count a failure; more than the allowed number in a row opens the breaker."""
    params = {
        "destination": destination,
        "error": error[:500],
        "most": BREAKER_FAILURES,
        "open_for": BREAKER_OPEN_FOR,
    }
    rows(FAILED, params)


def record_success(destination: str) -> None:
    """Close the breaker. Writes nothing while there is nothing to forget."""
    failing = Breaker.objects.filter(destination=destination).exclude(failures=0, open_until=None)
    failing.update(failures=0, open_until=None, probe_until=None)
