"""What was measured, as a table for the terminal and as a page with plots."""

from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import mail_page, page
from tests.bench.goals import AGED, KINDS, goals
from tests.bench.plots import Bar, Group, bars, curves

PICTURES = "benchmarks"


def table(results: dict[str, Any]) -> str:
    """Everything that counts, for the terminal."""
    lines = [""]
    for kind, title in KINDS.items():
        lines.append(f"{title}")
        for name, said in results["throughput"][kind].items():
            counted = results["counts"][kind][name]
            lines.append(
                f"  {results['systems'][name]['title']:16}{said['rate']:8.1f} flows/s"
                f"  ({said['least']:.0f} to {said['most']:.0f})"
                f"  CPU {said['worker_ms']:5.1f} + {said['server_ms']:4.1f} ms"
                f"  {counted['statements']:5.1f} statements  {counted['commits']:4.1f} commits"
            )
    for clients, seen in results["floor"].items():
        lines.append(f"pgbench, {clients} clients: {median(seen):8.0f} single-row commits/s")
    for name, said in results["latency"]["idle"].items():
        title = results["systems"][name]["title"]
        lines.append(f"idle {title:16} p50 {said['p50']:7.1f} ms  p99 {said['p99']:7.1f} ms")
    half = results["latency"]["half"]
    lines.append(
        f"at half load, {half['rate']:.0f}/s p50 {half['p50']:7.1f} ms  p99 {half['p99']:7.1f} ms"
    )
    for size, said in results["aged"].items():
        figures = "  ".join(f"{what} {said[what]['p50']:.2f} ms" for what in AGED)
        lines.append(f"{int(size):>9,} finished runs: {figures}")
    lines += mail_page.lines(results)
    lines += [
        f"{'reached' if goal.reached else 'MISSED '}  {goal.wanted}: {goal.found}"
        for goal in goals(results)
    ]
    return "\n".join(lines)


def write(results: dict[str, Any], docs: Path) -> None:
    """The page and its plots."""
    (docs / PICTURES).mkdir(parents=True, exist_ok=True)
    for name, picture in pictures(results).items():
        (docs / PICTURES / f"{name}.svg").write_text(picture)
    (docs / "benchmarks.md").write_text(page.page(results))


def pictures(results: dict[str, Any]) -> dict[str, str]:
    """The plots by their names."""
    idle, half = results["latency"]["idle"]["engine"], results["latency"]["half"]
    return {
        "throughput": throughput(results),
        "cpu": cpu(results),
        "latency": curves(
            [("idle", idle["curve"]), ("at half load", half["curve"])],
            title="Share of flows whose first step came within so many milliseconds",
            unit="ms",
            left=1.0,
        ),
        "ageing": ageing(results),
    }


def throughput(results: dict[str, Any]) -> str:
    """Flows a second, median and spread."""
    groups = [
        Group(
            title=title,
            bars=[
                Bar(
                    label=results["systems"][name]["title"],
                    parts=[said["rate"]],
                    said=f"{said['rate']:.0f}/s",
                    ours=name == "engine",
                    spread=(said["least"], said["most"]),
                )
                for name, said in results["throughput"][kind].items()
            ],
        )
        for kind, title in KINDS.items()
    ]
    return bars(groups, title="Flows a second")


def cpu(results: dict[str, Any]) -> str:
    """CPU of one flow: the workers', then that of PostgreSQL and Valkey."""
    groups = [
        Group(
            title=f"{title}: workers, then PostgreSQL and Valkey (pale)",
            bars=[
                Bar(
                    label=results["systems"][name]["title"],
                    parts=[said["worker_ms"], said["server_ms"]],
                    said=f"{said['worker_ms'] + said['server_ms']:.1f} ms",
                    ours=name == "engine",
                )
                for name, said in results["throughput"][kind].items()
            ],
        )
        for kind, title in KINDS.items()
    ]
    return bars(groups, title="CPU milliseconds for one flow")


def ageing(results: dict[str, Any]) -> str:
    """A claim and two sweeps over few and over many finished runs."""
    groups = [
        Group(
            title=f"{words} (p50)",
            bars=[
                Bar(
                    label=f"{int(size):,}".replace(",", " "),
                    parts=[said[what]["p50"]],
                    said=f"{said[what]['p50']:.2f} ms",
                    ours=True,
                )
                for size, said in results["aged"].items()
            ],
        )
        for what, words in AGED.items()
    ]
    return bars(groups, title="Milliseconds over so many finished runs", each_its_scale=True)
