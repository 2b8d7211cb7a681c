"""The lives of runs and steps: their states and the moves between them."""

from django.db.models import TextChoices

from apps.core.states import Moves


class RunState(TextChoices):
    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    IN_DOUBT = "in_doubt", "in doubt"
    DEAD = "dead"
    DONE = "done"
    CANCELLED = "cancelled"


class StepState(TextChoices):
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in_doubt", "in doubt"


class StepKind(TextChoices):
    TRANSACT = "transact"
    CALL = "call"
    WAIT = "wait"
    SLEEP = "sleep"


RUN_MOVES: Moves = {
    RunState.READY: {RunState.RUNNING, RunState.DEAD, RunState.CANCELLED},
    RunState.WAITING: {RunState.READY, RunState.RUNNING, RunState.CANCELLED},
    RunState.RUNNING: {
        RunState.READY,
        RunState.WAITING,
        RunState.IN_DOUBT,
        RunState.DEAD,
        RunState.DONE,
        RunState.CANCELLED,
    },
    RunState.IN_DOUBT: {RunState.READY, RunState.CANCELLED},
    RunState.DEAD: {RunState.READY, RunState.CANCELLED},
    RunState.DONE: set(),
    RunState.CANCELLED: set(),
}

LIVE = (RunState.READY, RunState.RUNNING, RunState.WAITING)
"""Runs that will move on by themselves."""

PARKED = (RunState.DEAD, RunState.IN_DOUBT)
"""Runs that wait for an operator: the dead letters."""

UNFINISHED = (*LIVE, *PARKED)
"""Runs that still need the code they were begun with."""

OVER = (RunState.DONE, RunState.CANCELLED)
"""Runs that will never move again; retention removes them in time."""

DOUBTFUL = (StepState.STARTED, StepState.IN_DOUBT)
"""Calls of which nobody knows whether they were done; a failed one surely was not."""
