"""A flow in two versions, and releases that bring one of them, or both."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apps.coordination import models
from apps.coordination.events import Event, publish
from apps.coordination.flows import FlowRun, flow
from apps.coordination.registry import registry

GARDENER = ["-m", "celery", "-A", "tests.make.gardener", "worker", "-c", "2", "-l", "ERROR"]
GARDENER += ["--without-gossip", "--without-mingle"]
"""A worker of the release that VERSIONS names."""


@dataclass(frozen=True, kw_only=True)
class SeedSown(Event):
    pot: str

    @property
    def stream(self) -> str:
        return f"pot:{self.pot}"


@dataclass(frozen=True, kw_only=True)
class CockCrowed(SeedSown):
    """The night is over before its time."""


NIGHT = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class PotTended(SeedSown):
    """Something was done to a pot."""

    what: str


def pour(*, pot: str, what: str) -> float:
    """Do something to a pot, which the log tells for ever; returns the clock of who did it."""
    publish(PotTended(pot=pot, what=what))
    return time.time()


def done_to(pot: str) -> list[str]:
    """What was done to a pot, in order."""
    told = models.Event.objects.filter(stream=f"pot:{pot}", type="PotTended").order_by("seq")
    return [event.payload["what"] for event in told]


def grow(run: FlowRun[SeedSown]) -> None:
    """The first version: water, wait for the night to end, water."""
    run.transact("water", pour, pot=run.input.pot, what="water")
    run.wait("night", CockCrowed, within=NIGHT)
    run.transact("again", pour, pot=run.input.pot, what="water")


def grow_better(run: FlowRun[SeedSown]) -> None:
    """The second version: it feeds too, and ends otherwise."""
    run.transact("water", pour, pot=run.input.pot, what="water")
    run.transact("feed", pour, pot=run.input.pot, what="feed")
    run.wait("night", CockCrowed, within=NIGHT)
    run.transact("cut", pour, pot=run.input.pot, what="cut")


STORIES: dict[int, Callable[[FlowRun[SeedSown]], None]] = {1: grow, 2: grow_better}


def release(*versions: int) -> None:
    """Make this process one of the release that has these versions and no other."""
    for version, story in STORIES.items():
        registry.flows.pop(("grow", version), None)
        if version in versions:
            flow("grow", version=version, on=SeedSown)(story)


def release_of_environment() -> None:
    """As VERSIONS says, such as "1 2"."""
    release(*map(int, os.environ.get("VERSIONS", "1").split()))
