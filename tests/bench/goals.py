"""What the engine means to reach, and whether these figures do."""

from dataclasses import dataclass
from typing import Any

KINDS = {"three": "three database steps", "outside": "database, outside, database"}

TIMES_DBOS = 2.0
MOST_COMMITS = 4.0
MOST_WAIT = 15.0
MOST_GROWTH = 1.5


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One thing to reach, and how it stands."""

    wanted: str
    found: str
    reached: bool


def goals(results: dict[str, Any]) -> list[Goal]:
    """Every goal, in the order of the page."""
    commits = results["counts"]["three"]["engine"]["commits"]
    wait = results["latency"]["idle"]["engine"]["p50"]
    return [
        *(faster(results, kind, "dbos", TIMES_DBOS) for kind in KINDS),
        *(faster(results, kind, "plain", 1.0) for kind in KINDS),
        Goal(
            wanted=f"at most {MOST_COMMITS:g} commits for a flow of three steps",
            found=f"{commits:.1f}",
            reached=round(commits, 1) <= MOST_COMMITS,
        ),
        Goal(
            wanted=f"commit to first step in less than {MOST_WAIT:g} ms (p50, idle)",
            found=f"{wait:.1f} ms",
            reached=wait < MOST_WAIT,
        ),
        *(growth(results["aged"], what, said) for what, said in AGED.items()),
    ]


AGED = {
    "claim": "a claim",
    "idle": "a sweep that finds nothing",
    "busy": "a sweep that signals 500 runs",
}


def faster(results: dict[str, Any], kind: str, peer: str, times: float) -> Goal:
    """How many times as fast as a peer."""
    rates = {name: said["rate"] for name, said in results["throughput"][kind].items()}
    found = rates["engine"] / rates[peer]
    title = results["systems"][peer]["title"]
    return Goal(
        wanted=f"flows a second ({KINDS[kind]}): {times:g} times those of {title}",
        found=f"{found:.2f} times",
        reached=found >= times,
    )


def growth(aged: dict[str, Any], what: str, said: str) -> Goal:
    """How much longer something takes over many finished runs than over few."""
    few, many = sorted(map(int, aged))
    found = aged[str(many)][what]["p50"] / aged[str(few)][what]["p50"]
    return Goal(
        wanted=f"{said} over {many:,} finished runs: {MOST_GROWTH:g} times that over {few:,}",
        found=f"{found:.2f} times",
        reached=found <= MOST_GROWTH,
    )
