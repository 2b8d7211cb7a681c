"""One run with all that is known of it."""

from dataclasses import dataclass

from django.db.models import Q

from apps.accounts.models import User
from apps.coordination.models import Attempt, Event, Run, Step
from apps.ops.queries.cutting import beginning

HEAD = 20_000
STEP_HEAD = 4000
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class WholeRun:
    """A run, its steps, each time it asked, and what was said about it in the log."""

    run: Run
    steps: list[Step]
    attempts: list[Attempt]
    events: list[Event]
    names: dict[str, str]

    @property
    def is_cut(self) -> bool:
        """Whether only the latest of its steps, or of the times it asked, are here."""
        return MOST in (len(self.steps), len(self.attempts))


def whole_run(run_id: int) -> WholeRun | None:
    """Read a run in a fixed number of questions; what is large comes cut."""
    found = Run.objects.filter(pk=run_id).defer("input")
    run = found.annotate(**beginning("input", HEAD)).first()
    if run is None:
        return None
    steps = Step.objects.filter(run=run).defer("output").order_by("-position")
    asked = Attempt.objects.filter(step__run=run).defer("request").order_by("-pk")
    events = events_of(run)
    return WholeRun(
        run=run,
        steps=list(steps.annotate(**beginning("output", STEP_HEAD))[:MOST])[::-1],
        attempts=list(asked.annotate(**beginning("request", STEP_HEAD))[:MOST])[::-1],
        events=events,
        names=names(events),
    )


def events_of(run: Run) -> list[Event]:
    """What started a run, what it said in its own stream, and what was decided about it."""
    concerns = Q(seq=run.key_seq) | Q(run_id=run.pk) | Q(payload__run_id=run.pk)
    told = Event.objects.filter(concerns, stream=run.serial_key, seq__gte=run.key_seq)
    return list(told.order_by("seq")[:MOST])


def names(events: list[Event]) -> dict[str, str]:
    """The names of the people who act in these events."""
    actors = {event.actor for event in events if event.actor.startswith("user:")}
    numbers = [word for actor in actors if (word := actor.partition(":")[2]).isdecimal()]
    return {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=numbers)}
