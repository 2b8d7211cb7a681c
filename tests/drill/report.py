"""The one table of a drill, for a screen and for the docs."""

import statistics
from collections import Counter
from dataclasses import dataclass, field

from tests.drill.checker import Finding, Kind
from tests.drill.facts import Facts
from tests.drill.keeping import HEAD
from tests.drill.operator import Parked
from tests.drill.watch import Struck

LEGEND = """\
- *faults injected*: blows to the stack, and requests that the stand-in answered badly
- *acknowledged*: mails and writes that a client was told are safe
- *finished*: runs that ended done, of all that were begun; the rest waits for a person or event
- *dead*, *in doubt*: runs that lay before the operator once the load had ended and the engine had
  come to rest. All of them were then run again, or marked as done where the mail server had the
  mail, and had to finish before anything was checked; *still* are those that did not
- *time to finish*: from a run's beginning to its end, for runs that waited for nobody
- *recovery*: from the end of a fault (from the blow itself where nothing is left to heal) until no
  run that could go on is overdue by 5 s, a run begun since has finished and, where work was taken
  out of hands (marked \\*), every run in hands at the blow has left them. A lease is 30 s, that
  of a call to the outside its time limit and 15 s: 75 s for a mail
"""


@dataclass
class Result:
    """Everything that is told in the end."""

    seed: str
    seconds: float
    facts: Facts
    parked: Parked
    blows: list[Struck]
    findings: list[Finding]
    retention: list[tuple[str, ...]] = field(default_factory=list)


def count(result: Result, kind: Kind) -> int:
    """How many findings of a kind."""
    return sum(finding.kind is kind for finding in result.findings)


def misbehaved(facts: Facts) -> Counter[str]:
    """How often the stand-in did what, other than well."""
    asked = (entry for entry in facts.outside if entry["kind"] == "asked")
    return Counter(entry["manner"] for entry in asked if entry["manner"] != "good")


def times_to_finish(facts: Facts, flow: str = "") -> list[float]:
    """Seconds from beginning to end of runs (of one flow) that waited for nobody, sorted."""
    waited = {step["run_id"] for step in facts.steps if step["kind"] in ("wait", "sleep")}
    waited |= {e["payload"]["run_id"] for e in facts.events if e["type"] == "RunParked"}
    done = (run for run in facts.runs if run["state"] == "done" and run["id"] not in waited)
    wanted = (run for run in done if flow in ("", run["flow"]))
    return sorted(run["finished_at"] - run["created_at"] for run in wanted)


def flows(facts: Facts) -> list[tuple[str, ...]]:
    """The times to finish of each flow."""
    rows = []
    for flow in sorted({run["flow"] for run in facts.runs}):
        if times := times_to_finish(facts, flow):
            rows.append((flow, str(len(times)), at(times, 0.5), at(times, 0.99)))
    return rows


def at(times: list[float], share: float) -> str:
    """The time within which this share of them lies."""
    return f"{times[min(len(times) - 1, int(len(times) * share))]:.2f} s" if times else "none"


def table(result: Result) -> str:
    """The table, as Markdown."""
    facts, bad = result.facts, misbehaved(result.facts)
    told = Counter(e["what"] for e in facts.asked if e["kind"] == "acknowledged")
    states = Counter(run["state"] for run in facts.runs)
    times = times_to_finish(facts)
    rows = [
        ("faults injected", injected(result.blows, bad)),
        ("acknowledged", f"{told.total()} ({listed(told)})"),
        ("finished", f"{states['done']} of {states.total()} runs ({listed(states)})"),
        ("dead", str(result.parked.states["dead"])),
        ("in doubt", str(result.parked.states["in_doubt"])),
        ("dead or in doubt still", str(states["dead"] + states["in_doubt"])),
        ("**lost**", f"**{count(result, Kind.LOST)}**"),
        ("**repeated**", f"**{count(result, Kind.REPEATED)}**"),
        ("**out of order**", f"**{count(result, Kind.DISORDERED)}**"),
        ("**processes that ended by themselves**", f"**{count(result, Kind.ENDED)}**"),
        ("time to finish p50 / p99", f"{at(times, 0.5)} / {at(times, 0.99)}"),
    ]
    head = f"Seed {result.seed}, {result.seconds / 60:g} minutes of load."
    parts = [head, grid(("", ""), rows), grid(*recoveries(result.blows))]
    parts += [grid(("flow", "finished unaided", "p50", "p99"), flows(facts)), grid(*answers(bad))]
    parts += [grid(("what lay before the operator", "runs"), pairs(result.parked.causes))]
    parts += [grid(HEAD, result.retention)] if result.retention else []
    return "\n\n".join([*parts, LEGEND])


def injected(blows: list[Struck], bad: Counter[str]) -> str:
    """How much was done to the stack."""
    hints = sum(blow.hints for blow in blows)
    return f"{len(blows)} blows, {hints} hints said five times, {bad.total()} bad answers"


def recoveries(blows: list[Struck]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Each kind of fault with its times of recovery."""
    rows = []
    for name in sorted({blow.name for blow in blows}):
        those = [blow for blow in blows if blow.name == name]
        times = sorted(blow.recovered for blow in those if blow.recovered is not None)
        never = len(those) - len(times)
        middle = f"{statistics.median(times):.1f} s" if times else "none"
        worst = f"{times[-1]:.1f} s" if times else "none"
        worst += f" ({never} not seen)" if never else ""
        rows.append((name + ("*" if those[0].hands else ""), str(len(those)), middle, worst))
    return ("fault", "times", "recovery, median", "recovery, longest"), rows


def answers(bad: Counter[str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What the stand-in did wrong."""
    return ("the stand-in", "times"), pairs(bad)


def pairs(counts: Counter[str]) -> list[tuple[str, ...]]:
    """Counts as rows, the largest first."""
    return [(name, str(number)) for name, number in counts.most_common()] or [("none", "0")]


def listed(counts: Counter[str]) -> str:
    """`3 mail, 1 note`."""
    return ", ".join(f"{number} {name}" for name, number in counts.most_common())


def grid(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of Markdown whose columns also stand straight on a screen."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [head, tuple("-" * width for width in widths), *rows]
    return "\n".join(
        "| "
        + " | ".join(word.ljust(width) for word, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )
