"""Taking back what a run did, once it was given up: the last finished step first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.coordination.services import calling, stepping
from apps.coordination.services.turning import Turn
from apps.coordination.states import StepKind, StepState
from apps.coordination.types import Claim

PLACE = 1_000_000
"""Undo steps stand behind all others: a step's undo has its place plus this."""


class NothingMore(BaseException):
    """The story of a run that was given up has come to where it stopped. Unwinds the story."""


@dataclass(frozen=True, kw_only=True)
class Undo:
    """What takes one finished step back."""

    name: str
    place: int
    what: Any
    values: dict[str, Any]


def check_nothing_new(claim: Claim, place: int) -> None:
    """Raise NothingMore where a run on its way back would begin something.

    A call that may have been done goes on: it is brought to its end, so that it can be undone. One
    that a person gave up in doubt counts as not done.
    """
    if not claim.undoing:
        return
    memo = next((memo for memo in claim.memos if memo.position == place), None)
    if memo is None or memo.state in (StepState.FAILED, StepState.IN_DOUBT):
        raise NothingMore
    if memo.state == StepState.STARTED and memo.kind != StepKind.CALL:
        raise NothingMore


def unwind(turn: Turn, story: Callable[[Any], None], run: Any) -> None:
    """Tell the story as far as it came, then take its steps back in reverse order.

    Each undo is a remembered step of its own: done once, however often the run is interrupted. A
    mistake between two steps, which may be what the run died of, ends the story as well.
    """
    try:
        story(run)
    except NothingMore:
        pass
    except Exception:
        if run.in_step:
            raise
    for undo in reversed(run.undos):
        name, place = f"undo:{undo.name}", PLACE + undo.place
        if callable(getattr(undo.what, "function", None)):
            calling.call(turn, place, name, undo.what, undo.values)
        else:
            stepping.transact(turn, place, name, undo.what, **undo.values)
