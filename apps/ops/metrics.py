"""Numbers about the engine, as Prometheus reads them; each costs little to find out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import redis

from apps.coordination.hints import backlog, valkey
from apps.coordination.states import UNFINISHED
from apps.core.db import rows
from apps.ops.lateness import oldest_due

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

RUNS = """
    SELECT state, count(*), sum(takeovers), sum(GREATEST(signals - 1, 0))
      FROM coordination_run WHERE state IN ('ready', 'running', 'waiting', 'dead', 'in_doubt')
     GROUP BY state"""

SILENCE = """
    SELECT COALESCE(EXTRACT(epoch FROM clock_timestamp() - max(at)), 'Infinity')
      FROM coordination_heartbeat WHERE kind = 'coordinator'"""

BREAKERS = """
    SELECT destination, open_until IS NOT NULL, failures FROM coordination_breaker
     ORDER BY destination"""


@dataclass(frozen=True)
class Metric:
    """One number, or one for each value of a label."""

    name: str
    what: str
    value: float | None = None
    label: str = ""
    values: dict[str, float] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Spell it as Prometheus' text format wants it."""
        name = f"supportcoord_{self.name}"
        yield f"# HELP {name} {self.what}"
        yield f"# TYPE {name} gauge"
        if self.value is not None:
            yield f"{name} {number(self.value)}"
        for each, value in self.values.items():
            yield f'{name}{{{self.label}="{escaped(each)}"}} {number(value)}'


def as_text() -> str:
    """All numbers, ready to be served. Raises DatabaseError."""
    return "".join(f"{line}\n" for metric in measured() for line in metric.lines())


def measured() -> list[Metric]:
    """Ask PostgreSQL and Valkey. Raises DatabaseError."""
    return [
        Metric("oldest_due_seconds", "How long a run could go on and did not.", oldest_due()),
        *of_runs(),
        Metric(
            "coordinator_silence_seconds",
            "How long no coordinator has swept; infinite when none ever has.",
            float(rows(SILENCE, {})[0][0]),
        ),
        *of_breakers(),
        Metric("broker_up", "Whether Valkey answers.", float(broker_answers())),
        Metric("broker_backlog", "Wake-ups that lie in Valkey.", float(backlog())),
    ]


def of_runs() -> list[Metric]:
    """Unfinished runs: how many, and how they fare."""
    found = {state: (count, taken, again) for state, count, taken, again in rows(RUNS, {})}
    counts = {str(state): float(found.get(state, (0, 0, 0))[0]) for state in UNFINISHED}
    taken = sum(float(row[1]) for row in found.values())
    again = sum(float(row[2]) for row in found.values())
    return [
        Metric("runs", "Unfinished runs.", label="state", values=counts),
        Metric("takeovers", "Processes lost by unfinished runs since their last step.", taken),
        Metric("signals_again", "Wake-ups sent again for runs that nobody took yet.", again),
    ]


def of_breakers() -> list[Metric]:
    """Destinations that fail."""
    found = rows(BREAKERS, {})
    opened = {name: float(is_open) for name, is_open, _ in found}
    failures = {name: float(count) for name, _, count in found}
    where = "destination"
    return [
        Metric("breaker_open", "Whether a destination is left alone.", label=where, values=opened),
        Metric("failures_in_a_row", "Failures since a success.", label=where, values=failures),
    ]


def broker_answers() -> bool:
    """Whether Valkey answers now."""
    try:
        return bool(valkey().ping())
    except redis.RedisError:
        return False


def number(value: float) -> str:
    """Spell a number; whole ones without a point."""
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if value == int(value) else f"{value:.3f}"


def escaped(text: str) -> str:
    """Make a label's value fit between quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
