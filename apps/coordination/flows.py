"""How a process is written: flows as straight-line stories of remembered steps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from inspect import signature
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from apps.coordination.registry import Flow, always, check_braces, registry
from apps.coordination.rules import OUTAGE, Patience
from apps.coordination.services import calling, stepping
from apps.coordination.services.stepping import check_all_told
from apps.coordination.services.turning import Turn
from apps.coordination.services.undoing import Undo, check_nothing_new
from apps.coordination.types import Event, Intent, OnDead, Receiver, Unasked

LONGEST_STEP_NAME = 70

__all__ = ["FlowRun", "Intent", "OnDead", "Outside", "Receiver", "Unasked", "flow", "outside"]

I = TypeVar("I", covariant=True)  # noqa: E741
E = TypeVar("E", bound=Event)
T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True)
class Outside(Generic[P, T]):
    """A function that asks the outside, with what its receiver promises when asked twice.

    ``reconcile`` (for reconcilable receivers) takes the same arguments and returns what was done
    under this key, or None when nothing was. ``settled`` is what the call returns once a person
    said that it was done after all. ``patience`` is how long it is tried while it is unavailable.
    """

    function: Callable[Concatenate[Intent, P], T]
    destination: str
    receiver: Receiver
    timeout: float
    reconcile: Callable[Concatenate[Intent, P], T | None] | None = None
    settled: T | None = None
    patience: Patience = OUTAGE

    def __post_init__(self) -> None:
        name = self.function.__qualname__
        if (self.receiver is Receiver.RECONCILABLE) != (self.reconcile is not None):
            problem = f"{name}: a reconcilable receiver, and no other, says how it is asked first."
            raise TypeError(problem)
        check_braces(self.destination, signature(self.function).parameters, of=name)

    def __call__(self, intent: Intent, *args: P.args, **values: P.kwargs) -> T:
        """Ask once, without the engine (tests, admin buttons)."""
        try:
            return self.function(intent, *args, **values)
        except Unasked as known:
            answer: T = known.answer
            return answer


def outside(
    *,
    destination: str,
    receiver: Receiver,
    timeout: float = 10.0,
    reconcile: Any = None,
    settled: Any = None,
    patience: Patience = OUTAGE,
) -> Callable[[Callable[Concatenate[Intent, P], T]], Outside[P, T]]:
    """Declare a function that asks the outside; it gets an ``Intent`` first.

    It raises Unavailable when surely nothing was done, OutcomeUnknown when that is not known,
    Refused when the receiver said no, Unasked with its result when nobody needs to be asked: that
    leaves the breaker as it is. ``destination`` names the circuit breaker; it may name
    values of the call in braces, as ``crm:{connection}`` does, to have one for each connection.
    Raises TypeError for names of other things, and where ``reconcile`` and receiver do not agree.
    """

    def declare(function: Callable[Concatenate[Intent, P], T]) -> Outside[P, T]:
        return Outside(function, destination, receiver, timeout, reconcile, settled, patience)

    return declare


@dataclass
class FlowRun(Generic[I]):
    """One execution of a flow, as its story sees it.

    Between steps a story branches only on ``input`` and on step results: it is told again from
    the start after every wait and retry, and finished steps return what they returned before.
    """

    turn: Turn
    input: I
    met: dict[str, int] = field(default_factory=dict)
    undos: list[Undo] = field(default_factory=list)
    failed: Exception | None = None

    @property
    def id(self) -> int:
        """The run's number, as operators see it."""
        return self.turn.claim.lease.run_id

    @property
    def key(self) -> str:
        """The stream whose runs go one at a time, such as ``ticket:42``."""
        return self.turn.claim.key

    def transact(
        self, name: str, service: Callable[P, T], /, *args: P.args, **values: P.kwargs
    ) -> T:
        """Do a database step exactly once: its writes, events and result commit together."""
        with self.at(name) as place:
            return stepping.transact(self.turn, place, name, service, *args, **values)

    def call(self, name: str, ask: Outside[P, T], /, *args: P.args, **values: P.kwargs) -> T:
        """Ask the outside under one key for ever; what an unknown outcome means, it declares."""
        with self.at(name) as place:
            answer: T = calling.call(self.turn, place, name, ask, values)
            return answer

    def wait(
        self, name: str, *events: type[E], within: timedelta | None = None, **matching: Any
    ) -> E | None:
        """Put the run down until such an event happens in its stream, or None after ``within``.

        An event that happened since the run started counts, if it comes after the last one of
        these kinds that the run heard.
        """
        with self.at(name) as place:
            heard: E | None = stepping.wait(self.turn, place, name, events, within, matching)
            return heard

    def sleep(self, name: str, *, until: datetime) -> None:
        """Put the run down until then, by the database's clock."""
        with self.at(name) as place:
            stepping.sleep(self.turn, place, name, until)

    def undo(
        self, name: str, what: Callable[P, T] | Outside[P, T], /, *args: P.args, **values: P.kwargs
    ) -> None:
        """Say what takes the finished step ``name`` back, should the run be given up.

        A service is done in the database, an outside call asks the outside; both as a step
        ``undo:name`` that is remembered. The last step is taken back first.
        """
        if args or any(undo.name == name for undo in self.undos):
            problem = f"The undo of step {name!r} comes twice, or with unnamed values."
            raise TypeError(problem)
        self.undos.append(Undo(name=name, place=self.met[name], what=what, values=values))

    @contextmanager
    def at(self, name: str) -> Iterator[int]:
        """Be in a step. An error of it stands, also when the story catches it."""
        place = self.place(name)
        try:
            yield place
        except Exception as error:
            self.failed = error
            raise

    def place(self, name: str) -> int:
        """The step's place in the story; a name is told once a run."""
        if self.failed:
            raise self.failed
        claim = self.turn.claim
        if name in self.met or len(name) > LONGEST_STEP_NAME:
            problem = f"Step {name!r} of {claim.flow} comes twice (number it), or is too long."
            raise ValueError(problem)
        place = self.met.setdefault(name, len(self.met) + 1)
        check_nothing_new(claim, place)
        return place

    def check_end(self) -> None:
        """Raise where the story may not end: after a caught error, or before a finished step."""
        if self.failed:
            raise self.failed
        check_all_told(self.turn.claim, len(self.met))


Story = Callable[[FlowRun[Any]], None]
S = TypeVar("S", bound=Story)


def flow(
    name: str,
    *,
    version: int,
    on: type[Event] | tuple[type[Event], ...] = (),
    on_dead: OnDead = OnDead.PARK,
    lane: str = "",
    when: Callable[[Any], bool] = always,
) -> Callable[[S], S]:
    """Register a story under a name and version, started by the events in ``on``.

    Runs of one key never overlap and start in commit order. One that backs off, or is a dead
    letter that parks, holds back later runs in its own lane only: give a lane to what depends
    on an outside that may be away. A lane may name values of the event in braces, as
    ``crm:{connection}`` does.

    ``when`` looks at the event alone and says whether it starts a run at all.

    Keep an old version registered until no unfinished run is pinned to it. Raises TypeError for
    a lane that names what an event does not have.
    """
    events = on if isinstance(on, tuple) else (on,)

    def register(story: S) -> S:
        registry.add(
            Flow(
                name=name,
                version=version,
                story=story,
                input_type=input_type(story),
                on=events,
                on_dead=on_dead,
                lane=lane,
                when=when,
            )
        )
        return story

    return register


def input_type(story: Story) -> type[Any]:
    """The type inside ``FlowRun[...]`` of a story's one parameter."""
    hints = {key: hint for key, hint in get_type_hints(story).items() if key != "return"}
    (hint,) = hints.values()
    (inner,) = hint.__args__
    return inner  # type: ignore[no-any-return]
