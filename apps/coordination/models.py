"""What the engine remembers: events, runs, steps, attempts, and who is alive."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from apps.coordination.states import LIVE, OVER, PARKED, RUN_MOVES, RunState, StepKind, StepState

NEVER_EMPTIED = """
    IF current_setting('supportcoord.may_truncate', TRUE) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'The log of what happened is not emptied.';
    END IF;
    RETURN NULL;"""
"""Tests say ``supportcoord.may_truncate=on``, for they begin anew again and again."""


class Stream(models.Model):
    """The counter of one story (a ticket, a mail). Its row lock orders what is appended."""

    key = models.CharField(max_length=80, primary_key=True)
    next_seq = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return self.key


class Event(models.Model):
    """Something that happened. Written with its cause; the database refuses to change it."""

    stream = models.CharField(max_length=80)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=60)
    payload = models.JSONField()
    actor = models.CharField(max_length=80, blank=True)
    why = models.TextField(blank=True)
    run_id = models.BigIntegerField(null=True)
    step = models.CharField(max_length=80, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="one_event_per_place")
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func=NEVER_EMPTIED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stream}/{self.seq}"


class Inbox(models.Model):
    """What came from outside, once: the caller's own key, and the answer it got."""

    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "taken-in key"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="taken_in_once")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="inbox_age")]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


WHERE_IT_STOPPED = """
    NEW.parked_at = clock_timestamp();
    NEW.destination = COALESCE((
        SELECT destination FROM coordination_step
         WHERE run_id = NEW.id AND state <> 'done' AND destination <> ''
         ORDER BY position DESC LIMIT 1), '');
    RETURN NEW;"""
"""However a run comes to be parked, its row says when and at which outside: operators filter by
that, and the index of parked runs alone answers them."""


class Run(models.Model):
    """One execution of a flow, pinned to its version."""

    flow = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    serial_key = models.CharField(max_length=80)
    lane = models.CharField(
        max_length=80,
        blank=True,
        help_text="A run that backs off holds back later runs of its key in this lane only.",
    )
    key_seq = models.BigIntegerField(help_text="Place of the starting event in its stream.")
    state = models.CharField(max_length=12, choices=RunState, default=RunState.READY)
    parks = models.BooleanField(default=True, help_text="Later runs of the key wait if it dies.")
    undoing = models.BooleanField(
        default=False, help_text="Given up: what it did is taken back, in reverse."
    )
    input = models.JSONField()
    due_at = models.DateTimeField(null=True, db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    takeovers = models.PositiveIntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    signalled_at = models.DateTimeField(null=True)
    signals = models.PositiveIntegerField(default=0)
    waits_for = ArrayField(models.CharField(max_length=60), default=list)
    wait_match = models.JSONField(default=dict)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    trace = models.TextField(blank=True, help_text="The traceback of the last error.")
    trace_id = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True, help_text="When it last stopped for an operator.")
    destination = models.CharField(
        max_length=80, db_default="", blank=True, help_text="The outside that it stopped at."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["serial_key"],
                condition=models.Q(state=RunState.RUNNING),
                name="one_runs_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RunState.values), name="run_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="run_due", condition=models.Q(state__in=LIVE)),
            models.Index(
                fields=["serial_key", "id"],
                name="run_unfinished_of_key",
                condition=models.Q(state__in=[*LIVE, *PARKED]),
            ),
            models.Index(
                fields=["state", "id"],
                include=["flow", "destination", "error_code", "parked_at"],
                name="run_parked",
                condition=models.Q(state__in=PARKED),
            ),
            models.Index(fields=["serial_key", "-id"], name="run_of_key"),
            models.Index(
                fields=["finished_at"], name="run_over", condition=models.Q(state__in=OVER)
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="permitted_moves",
                field="state",
                transitions=sorted((old, new) for old, news in RUN_MOVES.items() for new in news),
            ),
            pgtrigger.Trigger(
                name="where_it_stopped",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__state__in=PARKED, old__state__in=LIVE),
                func=WHERE_IT_STOPPED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} run {self.pk}"


class Step(models.Model):
    """One named piece of a run, remembered: a finished one is never done again."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="steps", db_index=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=StepKind)
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=StepState)
    input_hash = models.CharField(max_length=32)
    output = models.JSONField(null=True)
    idem_key = models.CharField(max_length=120, blank=True)
    destination = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    fence = models.BigIntegerField()
    due_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "name"], name="one_step_of_a_name"),
            models.UniqueConstraint(fields=["run", "position"], name="one_step_at_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"


class Attempt(models.Model):
    """One time the outside was asked: what it was told, and what came of it."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    fence = models.BigIntegerField()
    request = models.JSONField()
    outcome = models.CharField(max_length=12, blank=True)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"attempt {self.number} at {self.step_id}"


class Breaker(models.Model):
    """Whether a destination is asked at all at the moment."""

    destination = models.CharField(max_length=80, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    changed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.destination


class Heartbeat(models.Model):
    """A sign of life of one process of the engine."""

    process = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.process


class Tick(models.Model):
    """When one piece of the periodic clockwork is due next."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
