"""What the doctor looks at, and what it says of it, as plain values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from apps.coordination.queries import Missing
from apps.ops.mailing import Mail


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not well: what is wrong, what to do, and whether a person must."""

    name: str
    wrong: str
    cure: str
    urgent: bool = True


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """A run as the database's clock sees it; lengths of time are in seconds."""

    id: int
    flow: str
    version: int
    key: str
    state: str
    due_in: float | None
    lease_left: float | None
    lease_owner: str
    attempts: int
    takeovers: int
    signals: int
    error_code: str
    error: str
    waits_for: tuple[str, ...]
    since: float
    undoing: bool
    known: bool
    behind: "RunFacts | None" = None

    @property
    def overdue(self) -> float:
        """For how long it could have gone on."""
        return 0.0 if self.due_in is None else -self.due_in

    def __str__(self) -> str:
        back = ", being taken back" if self.undoing else ""
        return f"run {self.id} ({self.flow}, {self.key}{back})"


@dataclass(frozen=True, kw_only=True)
class Parked:
    """Dead letters of one flow that stopped for the same reason."""

    state: str
    flow: str
    destination: str
    error_code: str
    error: str
    count: int
    oldest: int
    since: float


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """A destination that fails; ``left`` is for how long it is left alone."""

    destination: str
    failures: int
    left: float
    ago: float
    error: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """How much a table holds, and how much of it is dead."""

    name: str
    size: int
    rows: int
    dead: int


@dataclass(frozen=True, kw_only=True)
class OpenTransaction:
    """A transaction that is open for long, and how many others wait for it."""

    pid: int
    who: str
    doing: str
    seconds: float
    blocks: int


@dataclass(frozen=True, kw_only=True)
class Server:
    """PostgreSQL itself."""

    connections: int
    most_connections: int
    ahead: float
    transactions: tuple[OpenTransaction, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Who is there to do the work."""

    hints: bool
    broker_answers: bool
    backlog: int
    full_backlog: int
    silence: float | None
    working: bool
    troubled: tuple[Troubled, ...]
    model: bool
    scanner_problem: str
    kept_days: int
    oldest_over_days: float | None


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is not done yet."""

    due: tuple[RunFacts, ...]
    losing: tuple[RunFacts, ...]
    most_takeovers: int
    parked: tuple[Parked, ...]
    missing: tuple[Missing, ...]
    desk: str


@dataclass(frozen=True, kw_only=True)
class Quarantine:
    """Mails that wait for a person; lengths of time are in seconds."""

    count: int
    oldest: int
    since: float
    of_today: int
    page: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All of it."""

    server: Server
    engine: Engine
    work: Work
    mail: Mail
    quarantine: Quarantine


Rule = Callable[[Facts], Iterable[Finding]]
