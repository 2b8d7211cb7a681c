"""Dead letters, counted by how they stopped and read page by page by the index of parked runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.coordination.models import Attempt, Event, Run, Step
from apps.coordination.states import PARKED, StepState
from apps.coordination.types import RunParked
from apps.core.db import rows
from apps.core.text import clean_text
from apps.ops.queries.cutting import beginning
from apps.ops.types import NOWHERE, Group, Letter, Sieve

PAGE = 25
MOST = 10_000
"""So many are counted, and decided in one go."""
HEAD = 4000

GROUPS = """
    WITH parked AS MATERIALIZED (
        SELECT id, state, flow, error_code FROM coordination_run
         WHERE state IN ('dead', 'in_doubt')
           AND (%(before)s::timestamptz IS NULL OR created_at < %(before)s)
         ORDER BY state DESC, id DESC LIMIT %(most)s)
    SELECT p.state, p.flow, COALESCE(s.destination, %(nowhere)s), p.error_code, count(*)
      FROM parked p LEFT JOIN LATERAL (
           SELECT destination FROM coordination_step
            WHERE run_id = p.id AND state <> 'done' AND destination <> ''
            ORDER BY position DESC LIMIT 1) s ON true
     GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4"""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some dead letters with what their outsides were told, and the place behind the last one."""

    runs: list[Run]
    stopped: dict[int, datetime]
    after: str


def groups(*, before: datetime | None) -> list[Group]:
    """How many lie there, by state, flow, destination and cause; of the first MOST and one."""
    found = rows(GROUPS, {"before": before, "most": MOST + 1, "nowhere": NOWHERE})
    return [
        Group(state=state, flow=flow, destination=destination, cause=cause, count=count)
        for state, flow, destination, cause, count in found
    ]


def how_many(most: int = 1000) -> int:
    """How many wait for an operator, counted up to ``most``."""
    return Run.objects.filter(state__in=PARKED)[:most].count()


def sieved(sieve: Sieve, *, at: datetime) -> QuerySet[Run]:
    """Dead letters in their order: what is in doubt first, then the latest."""
    runs = Run.objects.filter(state__in=PARKED).order_by("-state", "-pk")
    exact = {"state": sieve.state, "flow": sieve.flow, "error_code": sieve.cause}
    runs = runs.filter(**{name: clean_text(value) for name, value in exact.items() if value})
    if before := sieve.before(at):
        runs = runs.filter(created_at__lt=before)
    if sieve.destination:
        stuck = Step.objects.filter(run=OuterRef("pk")).exclude(state=StepState.DONE)
        latest = stuck.exclude(destination="").order_by("-position").values("destination")[:1]
        runs = runs.alias(destination=Coalesce(Subquery(latest), Value(NOWHERE)))
        runs = runs.filter(destination=clean_text(sieve.destination))
    return runs


def letters(sieve: Sieve, *, at: datetime) -> list[Letter]:
    """Every dead letter that passes, up to MOST of them, as they stand now."""
    found = sieved(sieve, at=at).values_list("pk", "fence")[:MOST]
    return [Letter(run_id=run_id, fence=fence) for run_id, fence in found]


def page(sieve: Sieve, *, at: datetime, after: str = "") -> Page:
    """One page of dead letters, with the steps they stopped at and each time these asked."""
    runs = sieved(sieve, at=at)
    if place := read_place(after):
        state, run_id = place
        runs = runs.filter(Q(state__lt=state) | Q(state=state, pk__lt=run_id), state__lte=state)
    asked = Attempt.objects.defer("request").annotate(**beginning("request", HEAD))
    stuck = Step.objects.exclude(state=StepState.DONE).defer("output")
    stuck = stuck.prefetch_related(Prefetch("tries", asked))
    shown = runs.defer("input").annotate(**beginning("input", HEAD))
    found = list(shown.prefetch_related(Prefetch("steps", stuck))[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    after = f"{found[-1].state}.{found[-1].pk}" if more else ""
    return Page(runs=found, stopped=stopped(found), after=after)


def read_place(after: str) -> tuple[str, int] | None:
    """The place that an address names; None for one that we never gave out."""
    state, _, run_id = after.partition(".")
    good = state in PARKED and run_id.isascii() and run_id.isdecimal() and len(run_id) < 19
    return (state, int(run_id)) if good else None


def stopped(runs: list[Run]) -> dict[int, datetime]:
    """When each of these runs came to lie here, as the log tells."""
    told = Event.objects.filter(stream__in={run.serial_key for run in runs}, type=RunParked.name)
    ids = [run.pk for run in runs]
    said: Any = told.filter(payload__run_id__in=ids).order_by("pk")
    return dict(said.values_list("payload__run_id", "at"))
