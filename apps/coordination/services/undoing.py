"""Taking back what a run did, once it was given up: the last finished step first."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from apps.coordination.services import calling, stepping
from apps.coordination.services.turning import Turn
from apps.coordination.states import DOUBTFUL, StepKind, StepState
from apps.coordination.types import Claim

UNDO = "undo:"
DONE = (StepState.DONE,)


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

    A call that may have been done goes on: it is brought to its end, so that it can be undone.
    """
    if not claim.undoing:
        return
    memo = claim.memo_at(place)
    may_be_done = (StepState.DONE, *DOUBTFUL) if memo and memo.kind == StepKind.CALL else DONE
    if memo is None or memo.state not in may_be_done:
        raise NothingMore


def unwind(turn: Turn, story: Callable[[Any], None], run: Any) -> None:
    """Tell the story as far as it came, then take its steps back in reverse order.

    Each undo is a remembered step of its own: done once, however often the run is interrupted. A
    mistake between two steps, which may be what the run died of, ends the story as well.
    """
    unsettled = told_back(story, run)
    for undo in reversed(run.undos):
        name, place = f"{UNDO}{undo.name}", stepping.FIRST_UNDO + undo.place
        if callable(getattr(undo.what, "function", None)):
            calling.call(turn, place, name, undo.what, undo.values, needed=False)
        else:
            stepping.transact(turn, place, name, undo.what, **undo.values)
    if unsettled:
        raise unsettled


def told_back(story: Callable[[Any], None], run: Any) -> calling.CannotBeSettled | None:
    """Tell a story as far as it came. A call whose answer nobody knows ends it, for a person."""
    try:
        with suppress(Exception):
            story(run)
        run.check_end()  # raises what a step raised, whatever the story made of it
    except NothingMore:
        return None
    except calling.CannotBeSettled as error:
        return error
    return None
