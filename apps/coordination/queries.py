"""Reading the engine: runs with their steps and attempts, and which code they need."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.db.models.functions import Now

from apps.coordination.models import Heartbeat, Run
from apps.coordination.registry import registry
from apps.coordination.states import LIVE, UNFINISHED, RunState
from apps.core.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A version of a flow that unfinished runs need and this release lacks."""

    flow: str
    version: int
    runs: int
    oldest: int
    since: datetime


def whole_run(run_id: int) -> Run:
    """A run with its steps and each time the outside was asked. Raises NotFound."""
    run = Run.objects.filter(pk=run_id).prefetch_related("steps__tries").first()
    if run is None:
        raise NotFound(thing="run", key=run_id)
    return run


def is_alive(kind: str, *, within: timedelta) -> bool:
    """Whether a process of this kind gave a sign of life lately."""
    return Heartbeat.objects.filter(kind=kind, at__gt=Now() - within).exists()


def unfinished_runs(key: str) -> list[int]:
    """The runs of a key that will still move by themselves, oldest first."""
    live = Run.objects.filter(serial_key=key, state__in=LIVE)
    return list(live.order_by("pk").values_list("pk", flat=True))


def holders(*, starts: str, ends: str) -> list[str]:
    """Who holds a lease now, of the executors whose names start and end so."""
    held = Run.objects.filter(state=RunState.RUNNING, lease_owner__startswith=starts)
    return list(held.filter(lease_owner__endswith=ends).values_list("lease_owner", flat=True))


def missing_versions() -> list[Missing]:
    """What unfinished runs need, parked ones too, and this release does not have."""
    needed = (
        Run.objects.filter(state__in=UNFINISHED)
        .values("flow", "version")
        .annotate(runs=Count("pk"), oldest=Min("pk"), since=Min("created_at"))
        .order_by("flow", "version")
    )
    known = registry.flows
    return [Missing(**row) for row in needed if (row["flow"], row["version"]) not in known]
