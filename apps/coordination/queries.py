"""Reading the engine: runs with their steps and attempts."""

from apps.coordination.models import Run
from apps.coordination.states import LIVE
from apps.core.errors import NotFound


def whole_run(run_id: int) -> Run:
    """A run with its steps and each time the outside was asked. Raises NotFound."""
    run = Run.objects.filter(pk=run_id).prefetch_related("steps__tries").first()
    if run is None:
        raise NotFound(thing="run", key=run_id)
    return run


def unfinished_runs(key: str) -> list[int]:
    """The runs of a key that will still move by themselves, oldest first."""
    live = Run.objects.filter(serial_key=key, state__in=LIVE)
    return list(live.order_by("pk").values_list("pk", flat=True))
