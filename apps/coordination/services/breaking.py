"""Circuit breakers: a destination that keeps failing is left alone for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.coordination.events import hint_on_commit, publish
from apps.coordination.models import Breaker
from apps.coordination.rules import BREAKER_FAILURES, BREAKER_OPEN_FOR
from apps.coordination.types import DestinationAskedAgain
from apps.core.db import rows
from apps.core.errors import Refused, Unavailable
from apps.core.text import storable


class BreakerOpen(Unavailable):
    """The destination failed repeatedly; nobody asks it now, and no attempt is spent."""

    message = "{destination} is left alone for {seconds:.0f} s after repeated failures."


class NotLeftAlone(Refused):
    """The breaker is closed, or a probe is out: there is nothing to hurry."""

    message = "{destination} is not left alone now; it is asked as usual."


PROBE = """
    UPDATE coordination_breaker SET probe_until = clock_timestamp() + %(lasts)s
     WHERE destination = %(destination)s AND open_until <= clock_timestamp()
       AND (probe_until IS NULL OR probe_until <= clock_timestamp()) RETURNING probe_until"""

LEFT = """
    SELECT GREATEST(2, EXTRACT(epoch FROM open_until - clock_timestamp()))
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


def pass_or_raise(destination: str, *, lasts: timedelta) -> datetime | None:
    """Let a call through, or raise BreakerOpen. Of many, one may probe a half-open breaker.

    Nobody else probes for as long as this call ``lasts``, or until its end is known; who is turned
    away meanwhile looks again soon. Returns until when this call is the probe; None when none is
    needed.
    """
    params = {"destination": destination, "lasts": lasts}
    left = rows(LEFT, params)
    if not left:
        return None
    if probe := rows(PROBE, params):
        until: datetime = probe[0][0]
        return until
    raise BreakerOpen(destination=destination, seconds=float(left[0][0]))


def leave_to_others(destination: str, *, probe: datetime) -> None:
    """A probe came to no answer, through no fault of the destination: the next call may probe."""
    Breaker.objects.filter(destination=destination, probe_until=probe).update(probe_until=None)


def record_failure(destination: str, error: str) -> None:
    """Count a failure; more than the allowed number in a row opens the breaker."""
    params = {
        "destination": destination,
        "error": storable(error)[:500],
        "most": BREAKER_FAILURES,
        "open_for": BREAKER_OPEN_FOR,
    }
    rows(FAILED, params)


def record_success(destination: str) -> None:
    """Close the breaker. Writes nothing while there is nothing to forget."""
    failing = Breaker.objects.filter(destination=destination).exclude(failures=0, open_until=None)
    failing.update(failures=0, open_until=None, probe_until=None)


HALF_OPEN = """
    UPDATE coordination_breaker SET open_until = clock_timestamp(), probe_until = NULL
     WHERE destination = %(destination)s AND open_until > clock_timestamp()
    RETURNING destination"""

FIRST_HELD = """
    UPDATE coordination_run SET due_at = clock_timestamp(), signalled_at = clock_timestamp(),
           signals = 1
     WHERE id = (SELECT id FROM coordination_run
                  WHERE state = 'ready' AND error_code = 'breaker_open'
                    AND starts_with(error, %(said)s)
                  ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"""


@transaction.atomic
def ask_again(*, destination: str, by: str, why: str = "") -> None:
    """Let one run ask at once, as the probe that would come later; the others ask when it is due.

    The breaker stays half open meanwhile, so that a destination that is still down costs nobody
    an attempt. Raises NotLeftAlone when it is not open.
    """
    if not rows(HALF_OPEN, {"destination": destination}):
        raise NotLeftAlone(destination=destination)
    said, _, _ = BreakerOpen.message.partition("{seconds")
    held = rows(FIRST_HELD, {"said": said.format(destination=destination)})
    publish(DestinationAskedAgain(destination=destination), actor=by, why=why)
    hint_on_commit([run_id for (run_id,) in held])
