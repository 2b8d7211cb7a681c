"""Dead letters, counted by how they stopped and read page by page by the index of parked runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from apps.coordination.models import Attempt, Run, Step
from apps.coordination.states import PARKED, StepState
from apps.core.db import rows
from apps.core.sieves import MOST
from apps.core.text import clean_text, read_number
from apps.ops.queries.cutting import beginning
from apps.ops.types import NOWHERE, Group, Letter, Sieve

PAGE = 25
HEAD = 4000

GROUPS = """
    SELECT state, flow, destination, error_code, count(*) FROM (
        SELECT state, flow, destination, error_code FROM coordination_run
         WHERE state IN ('dead', 'in_doubt')
           AND (%(before)s::timestamptz IS NULL OR parked_at < %(before)s)
         ORDER BY state DESC, id DESC LIMIT %(most)s) parked
     GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4"""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some dead letters with what their outsides were told, and the place behind the last one."""

    runs: list[Run]
    after: str


def groups(*, before: datetime | None) -> list[Group]:
    """How many lie there, by state, flow, destination and cause; of the first MOST and one."""
    found = rows(GROUPS, {"before": before, "most": MOST + 1})
    return [grouped(*facts) for facts in found]


def how_many(most: int = 1000) -> int:
    """How many wait for an operator, counted up to ``most``."""
    return Run.objects.filter(state__in=PARKED)[:most].count()


def sieved(sieve: Sieve, *, at: datetime) -> QuerySet[Run]:
    """Dead letters in their order: what is in doubt first, then the latest."""
    runs = Run.objects.filter(state__in=PARKED).order_by("-state", "-pk")
    exact = {"state": sieve.state, "flow": sieve.flow, "error_code": sieve.cause}
    runs = runs.filter(**{name: clean_text(value) for name, value in exact.items() if value})
    if before := sieve.before(at):
        runs = runs.filter(parked_at__lt=before)
    if sieve.destination:
        where = "" if sieve.destination == NOWHERE else clean_text(sieve.destination)
        runs = runs.filter(destination=where)
    return runs


def letters(sieve: Sieve, *, at: datetime) -> list[Letter]:
    """Every dead letter that passes, up to MOST of them, as they stand now."""
    found = sieved(sieve, at=at).values_list("pk", "fence")[:MOST]
    return [Letter(run_id=run_id, fence=fence) for run_id, fence in found]


def groups_of(chosen: Sequence[Letter]) -> list[Group]:
    """How these letters stopped, as far as they still lie there."""
    ids = [letter.run_id for letter in chosen]
    lying = Run.objects.filter(pk__in=ids, state__in=PARKED).order_by()
    words = ("state", "flow", "destination", "error_code")
    counted = lying.values_list(*words).annotate(count=Count("pk")).order_by("-count", *words)
    return [grouped(*facts) for facts in counted]


def grouped(state: str, flow: str, destination: str, cause: str, count: int) -> Group:
    """A group as the database counts it."""
    outside = destination or NOWHERE
    return Group(state=state, flow=flow, destination=outside, cause=cause, count=count)


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
    return Page(runs=found, after=after)


def read_place(after: str) -> tuple[str, int] | None:
    """The place that an address names; None for one that we never gave out."""
    state, _, word = after.partition(".")
    run_id = read_number(word)
    return (state, run_id) if state in PARKED and run_id is not None else None
