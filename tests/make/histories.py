"""Golden histories: what runs of a version remember, and whether its story still tells that."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from apps.coordination.codec import decode
from apps.coordination.flows import FlowRun
from apps.coordination.models import Run
from apps.coordination.registry import Flow, registry
from apps.coordination.services.turning import Turn
from apps.coordination.types import Claim, Lease, Memo

GOLDEN = Path(__file__).parents[1] / "flows" / "golden"


class Changed(Exception):
    """A story tells other steps than its version did when runs of it began."""


@dataclass(frozen=True, kw_only=True)
class History:
    """One finished run: its input, and its steps in order."""

    flow: str
    version: int
    of: str
    input: dict[str, Any]
    steps: list[dict[str, Any]]

    @property
    def path(self) -> Path:
        """Where it is kept."""
        name = f"{self.flow}, {self.of}".lower().replace(" ", "-").replace(",", "")
        return GOLDEN / f"{name}.v{self.version}.json"

    @property
    def shape(self) -> list[tuple[str, str]]:
        """What its steps were, without the numbers that differ each time."""
        return [(step["name"], step["kind"]) for step in self.steps]

    def keep(self) -> None:
        """Write it down; what is written is never written again."""
        if not self.path.exists():
            self.path.write_text(json.dumps(vars(self), indent=1, ensure_ascii=False) + "\n")


def read(path: Path) -> History:
    """A history that was kept."""
    return History(**json.loads(path.read_text()))


def remembered(run: Run, *, of: str) -> History:
    """What a finished run remembers."""
    assert run.state == "done", run.error
    steps = run.steps.order_by("position").values("name", "kind", "input_hash", "output")
    known = {"flow": run.flow, "version": run.version, "input": run.input}
    return History(**known, of=of, steps=list(steps))


def retell(history: History, *, flow: Flow | None = None) -> None:
    """Tell this release's story over what was remembered then. Raises Changed.

    No database is asked: a story that meets only finished steps needs none.
    """
    flow = flow or registry.find(history.flow, history.version)
    run = Retold(Turn(claim_of(history)), decode(flow.input_type, history.input))
    try:
        flow.story(run)
    except Exception as error:
        raise Changed(f"{history.path.name}: {error} {CURE}") from error
    if left := [name for name, _ in history.shape[len(run.met) :]]:
        raise Changed(f"{history.path.name}: the story no longer tells {', '.join(left)}. {CURE}")


CURE = (
    "Runs that began under this version would park: register the change as a new version, keep "
    "the old function, and record the new one with `make golden`."
)


class Retold(FlowRun[Any]):
    """A run that may only remember."""

    def place(self, name: str) -> int:
        """The step's place, if there was one."""
        place = super().place(name)
        if place > len(self.turn.claim.memos):
            raise Changed(f"The story tells {name!r} where it used to end.")
        return place


def claim_of(history: History) -> Claim:
    """A claim of a run that remembers all of it."""
    memos = [
        Memo(**step, position=place, state="done", attempts=1)
        for place, step in enumerate(history.steps, 1)
    ]
    return Claim(
        lease=Lease(run_id=1, fence=1),
        flow=history.flow,
        version=history.version,
        key="golden",
        key_seq=1,
        input=history.input,
        trace_id="",
        memos=tuple(memos),
    )


def told_by(flow: Flow, story: Any) -> Flow:
    """The same version with another story, as somebody may write it by mistake."""
    return replace(flow, story=story)
