"""What happens around a journey until it is over, and what must be true of it then."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from apps.coordination.events import publish
from apps.coordination.models import Event, Heartbeat, Run
from apps.coordination.services import sweeping
from apps.coordination.services.operating import give_up, run_again, settle_outside
from apps.coordination.states import OVER, RunState, StepState
from tests.make.clock import DatabaseClock
from tests.make.engine import drain
from tests.make.journeys import (
    COUNTERS,
    JourneyBooked,
    JourneyEvent,
    JourneyNoted,
    JourneySigned,
    Troubles,
)
from tests.make.notebook import notes

DAY = timedelta(days=1)


class Travel:
    """One journey and the world around it. All of it can be done again from any point."""

    ends = RunState.DONE

    def __init__(
        self,
        clock: DatabaseClock,
        journey: str,
        plan: tuple[str, ...],
        *,
        signed: tuple[str, ...] = (),
        early: tuple[str, ...] = (),
        troubles: Troubles | None = None,
        undone: bool = False,
    ) -> None:
        self.clock, self.journey, self.plan = clock, journey, plan
        self.signed, self.early, self.troubles = signed, early, troubles or {}
        self.undone = undone

    def __call__(self) -> None:
        """Book it, and let workers, guests, operators and time do their parts until it is over."""
        self.book()
        for place in self.early:
            self.happens(JourneySigned(journey=self.journey, place=place))
        self.go_on()

    def book(self) -> Run:
        booked = JourneyBooked(
            journey=self.journey,
            plan=self.plan,
            troubles=self.troubles,
            morning=self.clock.now() + 3 * DAY,
            undone=self.undone,
        )
        self.happens(booked)
        return self.run()

    def happens(self, event: JourneyEvent) -> None:
        """Publish it, unless that has been done."""
        place = {"payload__place": event.place} if isinstance(event, JourneySigned) else {}
        if not self.log(type(event)).filter(**place).exists():
            publish(event)

    def go_on(self) -> None:
        """Until the run is over: workers work, people decide and sign, and a day goes by."""
        for _ in range(12):
            sweeping.sweep()
            drain()
            run = self.run()
            if run.state in OVER:
                return
            self.decide(run)
            self.sign(run)
            drain()
            self.clock.forward(DAY)
        raise AssertionError(f"{run} is still {run.state}.")

    def sign(self, run: Run) -> None:
        place = run.wait_match.get("place")
        if run.state == RunState.WAITING and place in self.signed:
            self.happens(JourneySigned(journey=self.journey, place=place))

    def decide(self, run: Run) -> None:
        """An operator looks at what the outside has before saying anything."""
        if run.state == RunState.DEAD:
            run_again(run_id=run.pk, by="user:1", why="The counter is open again.")
        if run.state == RunState.IN_DOUBT:
            call = run.steps.get(state__in=[StepState.STARTED, StepState.IN_DOUBT])
            does = settle_outside if notes(self.journey, what=call.name, did=True) else run_again
            does(run_id=run.pk, by="user:1", why="I looked.")

    def run(self) -> Run:
        return Run.objects.filter(serial_key=f"journey:{self.journey}").earliest("pk")

    def log(self, kind: type[JourneyEvent]):
        return Event.objects.filter(stream=f"journey:{self.journey}", type=kind.name).order_by(
            "seq"
        )

    def named(self, *kinds: str) -> list[str]:
        """The names of the stops of these kinds, in order."""
        return [name for kind, name in self.stops() if kind in kinds]

    def stops(self) -> list[tuple[str, str]]:
        """What is done in the end, as kinds and names, in order."""
        return [(kind, name) for kind, name in (stop.split() for stop in self.plan)]

    def steps(self) -> list[str]:
        """How the run names what it did, in order."""
        return [name for _, name in self.stops()]

    def began_with_its_cause(self) -> bool:
        """Whether there is a run if and only if there is a booking (I3)."""
        runs = Run.objects.filter(serial_key=f"journey:{self.journey}").count()
        return runs == self.log(JourneyBooked).count() <= 1

    def wrongs(self) -> Iterator[str]:
        """What is not as promised, now that all is over."""
        run = self.run()
        if run.state != self.ends or not self.began_with_its_cause():
            yield f"I2, I3: the run is {run.state}"
        noted = self.named("note")
        if list(self.log(JourneyNoted).values_list("payload__what", flat=True)) != noted:
            yield "I4, I6, I14: its events are not one for each step, in order"
        rows = Heartbeat.objects.filter(process__startswith=f"{self.journey} ")
        if Counter(row.process.split()[1] for row in rows) != Counter(noted):
            yield "I4: its rows are not one for each step"
        steps = run.steps.exclude(kind="wait", state="started").order_by("pk")
        if list(steps.values_list("name", "state")) != [(name, "done") for name in self.steps()]:
            yield "I8: its steps are not as planned"
        yield from self.wrongs_outside(run)

    def wrongs_outside(self, run: Run) -> Iterator[str]:
        """What the outside has seen that it should not have, or has not seen at all."""
        for (kind, name), step in zip(self.stops(), self.steps(), strict=True):
            asked = notes(self.journey, what=name)
            if kind in COUNTERS and {entry["key"] for entry in asked} != {f"{run.pk}:{step}"}:
                yield f"I5: {name} was asked under other keys than its own"
            done = [entry for entry in asked if entry.get("did")]
            if kind in ("unsafe", "reconcilable") and len(done) != 1:
                yield f"I9: {name} was not done exactly once"


class CalledOff(Travel):
    """A journey that somebody gives up while it waits; everything is taken back."""

    ends = RunState.CANCELLED

    def decide(self, run: Run) -> None:
        if run.state == RunState.WAITING and not run.undoing:
            give_up(run_id=run.pk, by="user:1", why="The traveller is ill.")
        super().decide(run)

    def stops(self) -> list[tuple[str, str]]:
        there = [(kind, name) for kind, name in super().stops() if kind != "wait"]
        return there + [(kind, f"un{name}") for kind, name in reversed(there)]

    def steps(self) -> list[str]:
        there = [name for kind, name in super().stops() if kind != "wait"]
        return there + [f"undo:{name}" for name in reversed(there)]
