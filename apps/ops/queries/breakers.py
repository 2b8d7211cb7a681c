"""Breakers by the database's clock, and how many runs wait behind each."""

from django.db.models import F
from django.db.models.functions import Now

from apps.coordination.models import Breaker, Event
from apps.coordination.types import DestinationAskedAgain
from apps.core.db import rows

MOST = 200

WAITING = """
    WITH held AS MATERIALIZED (
        SELECT id, error_code, error FROM coordination_run
         WHERE state = 'ready' AND error_code <> '' LIMIT 10000)
    SELECT COALESCE(b.destination, s.destination), count(*)
      FROM held h
      LEFT JOIN coordination_breaker b ON h.error_code = 'breaker_open'
            AND starts_with(h.error, b.destination || ' is left alone ')
      LEFT JOIN LATERAL (
           SELECT destination FROM coordination_step
            WHERE run_id = h.id AND state <> 'done' AND destination <> ''
            ORDER BY position DESC LIMIT 1) s ON true
     WHERE COALESCE(b.destination, s.destination) IS NOT NULL
     GROUP BY 1"""


def breakers() -> list[Breaker]:
    """Every breaker, troubled ones first; ``left`` and ``probe_left`` are lengths of time."""
    known = Breaker.objects.annotate(
        left=F("open_until") - Now(), probe_left=F("probe_until") - Now()
    )
    return list(known.order_by(F("open_until").desc(nulls_last=True), "-failures", "pk")[:MOST])


def left_alone() -> int:
    """How many destinations are not asked as usual."""
    return Breaker.objects.filter(open_until__isnull=False).count()


def waiting() -> dict[str, int]:
    """How many runs wait to ask each destination again, after a failure or behind its breaker."""
    return dict(rows(WAITING, {}))


def last_asked(destinations: list[str]) -> dict[str, Event]:
    """Who had a destination asked at once last."""
    streams = [DestinationAskedAgain(destination=name).stream for name in destinations]
    told = Event.objects.filter(stream__in=streams, type=DestinationAskedAgain.name)
    return {event.payload["destination"]: event for event in told.order_by("stream", "seq")}
