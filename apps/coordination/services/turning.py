"""One executor's turn at a run: fenced transactions, which adjacent database steps share.

Three database steps in a row cost one commit. Nothing is weakened by that: a step and its memo
still commit together, each write stands behind the fence, and a crash takes back what was not
committed, memos included. Should a step fail while others share its transaction, everything is
rolled back and the story is told again in the same turn, each step in a transaction of its own;
an answer of the outside that was rolled back with them is written again, and not asked again.
Steps that share wait for no lock for long: others may wait for what the first of them locked.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, OperationalError, transaction

from apps.coordination import ledger, memory
from apps.coordination.rules import OUTAGE, Patience
from apps.coordination.states import RunState
from apps.coordination.types import Claim, Held
from apps.core.db import give_way

SHARED_FOR = 0.05
"""Seconds after which a transaction takes no further step, for its locks make others wait."""


LASTS = 100.0
"""Seconds of a turn; the worker's limit for a task (``CELERY_TASK_SOFT_TIME_LIMIT``) is above."""


class Suspended(BaseException):
    """The run was put down; unwinds the story. Not an Exception, so that no story catches it."""


class ToldAlone(BaseException):
    """A step failed beside others; the story is told again with each step alone."""


class GivenUp(BaseException):
    """Somebody gave the run up meanwhile; what it did is to be taken back."""


@dataclass
class Turn:
    """What one executor does with a claimed run, from the claim until it is put down."""

    claim: Claim
    shares: bool = True
    atomic: transaction.Atomic | None = field(default=None, init=False)
    born: float = field(default_factory=time.monotonic, init=False)
    began: float = field(default=0.0, init=False)
    yields: bool = field(default=False, init=False)
    answer: Callable[[], None] | None = field(default=None, init=False)
    """Writes what the outside answered once more, should it be rolled back; not committed yet."""
    held: Held = field(default_factory=Held, init=False)
    patience: Patience = field(default=OUTAGE, init=False)
    """With whatever is asked just now."""

    @contextmanager
    def writing(
        self,
        *,
        seconds: float = 0,
        progress: bool = True,
        settling: bool = False,
        locks: bool = False,
    ) -> Iterator[Held]:
        """Write under the fence, in the transaction of the writes before it or in a new one.

        Who needs it durable at once calls ``commit``. ``settling`` writes down what cannot be
        undone, though the run was given up; who ``locks`` more than the run gives way. Raises
        Fenced, GivenUp, or ToldAlone.
        """
        joins = self.atomic is not None and time.monotonic() - self.began < SHARED_FOR
        if not joins:
            self.begin()
        try:
            if joins and locks:
                self.give_way()
            if not joins or self.held.left - SHARED_FOR < seconds:
                self.held = ledger.hold(self.claim.lease, seconds=seconds, progress=progress)
            self.check_not_given_up(settling=settling)
            yield self.held
        except BaseException as error:
            self.roll_back()
            if joins and isinstance(error, Exception) and self.age < LASTS:
                raise ToldAlone from error
            raise
        if not self.shares:
            self.commit()

    def give_way(self) -> None:
        """Wait for no lock for long from here on: others may wait for what is locked already."""
        if not self.yields:
            give_way()
            self.yields = True

    def check_not_given_up(self, *, settling: bool) -> None:
        """Raise GivenUp where the story may not go on."""
        if self.held.undoing and not (self.claim.undoing or settling):
            raise GivenUp

    @property
    def age(self) -> float:
        """Seconds since the turn began."""
        return time.monotonic() - self.born

    def make_time(self, call: timedelta) -> None:
        """Put the run down for a fresh turn when this one is too old for such a call."""
        if self.age > 1 and self.age + call.total_seconds() > LASTS:
            self.end(RunState.READY)
            raise Suspended

    def begin(self) -> None:
        """Commit what the transaction before holds, and open another."""
        self.commit()
        atomic = transaction.atomic()
        atomic.__enter__()
        self.atomic, self.began, self.yields = atomic, time.monotonic(), False

    def commit(self) -> None:
        """Make everything that was written so far durable.

        Some constraints are checked only now; which of several steps broke one, the story told
        again with each step alone will show. Raises ToldAlone then.
        """
        atomic, self.atomic = self.atomic, None
        try:
            if atomic is not None:
                atomic.__exit__(None, None, None)
        except OperationalError:
            raise
        except DatabaseError as error:
            if self.shares and self.age < LASTS:
                raise ToldAlone from error
            raise
        self.answer = None

    def roll_back(self) -> None:
        """Forget what was not committed."""
        atomic, self.atomic = self.atomic, None
        if atomic is not None:
            error = RuntimeError("rolled back")
            atomic.__exit__(RuntimeError, error, None)

    def end(self, to: RunState, *, pause: timedelta = timedelta(), **facts: Any) -> None:
        """Put the run down in its next state; everything written before commits with that."""
        with self.writing(progress=False):
            ledger.release(self.claim.lease, to=to, pause=pause, **facts)
        self.commit()

    def again(self, *, shares: bool, undoing: bool) -> "Turn":
        """The same turn from the start of the story, with what is remembered by now.

        What the outside answered is written first, alone: it is not asked again.
        """
        if write := self.answer:
            with self.writing(settling=True):
                write()
        self.commit()
        memos = memory.memos(self.claim.lease.run_id)
        turn = Turn(replace(self.claim, memos=memos, undoing=undoing), shares=shares)
        turn.born = self.born
        return turn
