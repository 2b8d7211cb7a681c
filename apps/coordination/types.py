"""Words of the engine as plain values: events, receivers, intents, leases."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

EVENT_TYPES: dict[str, type["Event"]] = {}
"""Every event class by its name, filled as the classes are defined."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events: something that happened, named in the past tense.

    Its fields are JSON-able; ``stream`` says whose story it belongs to, such as ``ticket:42``.
    """

    name: ClassVar[str] = "Event"

    def __init_subclass__(cls) -> None:
        cls.name = cls.__name__
        EVENT_TYPES[cls.__name__] = cls

    @property
    def stream(self) -> str:
        """The story this event belongs to; events and runs of one stream are ordered."""
        raise NotImplementedError(type(self).__name__)


class Receiver(StrEnum):
    """What the outside promises when it is asked twice."""

    KEYED = "keyed"
    RECONCILABLE = "reconcilable"
    UNSAFE = "unsafe"


@dataclass(frozen=True, kw_only=True)
class RunEvent(Event):
    """Something that happened to a run itself."""

    key: str
    run_id: int
    flow: str

    @property
    def stream(self) -> str:
        return self.key


@dataclass(frozen=True, kw_only=True)
class RunParked(RunEvent):
    """A run became a dead letter or is in doubt; an operator is needed."""

    state: str
    error_code: str


@dataclass(frozen=True, kw_only=True)
class RunTriedAgain(RunEvent):
    """A parked run was made ready again, with the same keys."""


@dataclass(frozen=True, kw_only=True)
class RunGivenUp(RunEvent):
    """A run will never go on: an operator said so. What it did is taken back."""


@dataclass(frozen=True, kw_only=True)
class RunSettledOutside(RunEvent):
    """What was in doubt is known to have been done."""


@dataclass(frozen=True, kw_only=True)
class DestinationAskedAgain(Event):
    """Somebody had a destination asked at once that was left alone after failures."""

    destination: str

    @property
    def stream(self) -> str:
        return f"breaker:{self.destination}"[:80]


class Unasked(Exception):
    """Raised by a call whose answer is known without asking; it says nothing of the receiver."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        super().__init__("Nobody was asked.")


class OnDead(StrEnum):
    """What later runs of the same key and lane do while a run is a dead letter."""

    PARK = "park"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Intent:
    """What an outside call is told about itself: the same key at each attempt."""

    key: str
    attempt: int
    timeout: float


@dataclass(frozen=True, kw_only=True)
class Memo:
    """One step of a run, as remembered."""

    name: str
    kind: str
    position: int
    state: str
    input_hash: str
    output: Any
    attempts: int
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to write for one run until it is taken away: a run id and its fence."""

    run_id: int
    fence: int


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a run's row says while its executor holds it."""

    attempts: int = 0
    undoing: bool = False
    error_code: str = ""
    left: float = 0.0
    """Seconds that its lease still had."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A run that this executor holds now, with everything needed to go on."""

    lease: Lease
    flow: str
    version: int
    key: str
    key_seq: int
    input: dict[str, Any]
    trace_id: str
    undoing: bool = False
    memos: tuple[Memo, ...] = field(default=())

    def memo_at(self, place: int) -> Memo | None:
        """What the run remembers of the step at this place of its story."""
        return next((memo for memo in self.memos if memo.position == place), None)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An event of the log, as a waiting run finds it."""

    seq: int
    type: str
    payload: dict[str, Any]
    at: datetime
