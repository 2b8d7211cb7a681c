"""The page docs/benchmarks.md: figures in sentences, and how they came about."""

from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import mail_page
from tests.bench.goals import AGED, KINDS, goals

TEMPLATE = Path(__file__).with_name("page.md")


def page(results: dict[str, Any]) -> str:
    """The whole page."""
    said = results["throughput"]["three"]
    floor = {int(clients): median(seen) for clients, seen in results["floor"].items()}
    commits = results["counts"]["three"]["engine"]["commits"]
    commit, hand = 1000 / floor[1], 2000 / said["engine"]["rate"]
    found = results["throughput"]["rounds"]
    return TEMPLATE.read_text().format(
        date=results["date"],
        others=results["others"],
        **ground(results),
        goals="\n".join(
            f"| {goal.wanted} | {goal.found} | {'reached' if goal.reached else '**missed**'} |"
            for goal in goals(results)
        ),
        rounds=sum((one["system"], one["kind"]) == ("engine", "three") for one in found),
        rates=rates(results),
        floor=", ".join(f"{rate:,.0f} ({n} at once)" for n, rate in floor.items()),
        floor_flows=floor[2] / 3,
        costs=costs(results),
        waits=waits(results),
        aged=aged(results),
        mail=mail_page.rates(results["mail"]),
        parsing=mail_page.parsing(results["parsing"]),
        sizes=" and ".join(one["size"] for one in results["aged"].values()),
        busy=busy(results),
        commit=commit,
        commits=commits,
        share=100 * commits * commit / hand,
        hand=hand,
        statements=results["counts"]["three"]["engine"]["statements"],
        systems="\n".join(
            f"  - {one['title']}: {one['said']}." for one in results["systems"].values()
        ),
    )


def ground(results: dict[str, Any]) -> dict[str, Any]:
    """What it was measured on."""
    machine, server = results["machine"], results["server"]
    return {
        "cpu": machine["cpu"],
        "cores": machine["cores"],
        "memory": machine["memory_gib"],
        "system": machine["system"],
        "python": machine["python"],
        "postgres": server["version"],
        "sync": server["wal_sync_method"],
        **results["versions"],
    }


def rates(results: dict[str, Any]) -> str:
    """Flows a second of each, and how the engine stands to it."""
    lines = ["| | " + " | | ".join(KINDS.values()) + " | |", "|---|---:|---:|---:|---:|"]
    for name, system in results["systems"].items():
        cells = [system["title"]]
        for kind in KINDS:
            said = results["throughput"][kind]
            times = said["engine"]["rate"] / said[name]["rate"]
            cells.append(f"{said[name]['rate']:.0f}/s")
            cells.append("" if name == "engine" else f"{times:.1f} times as fast")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def costs(results: dict[str, Any]) -> str:
    """CPU, statements and commits of one flow."""
    lines = [
        "| | kind | workers | servers | statements | commits |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for name, system in results["systems"].items():
        for kind, title in KINDS.items():
            said, counted = results["throughput"][kind][name], results["counts"][kind][name]
            lines.append(
                f"| {system['title']} | {title} | {said['worker_ms']:.1f} ms "
                f"| {said['server_ms']:.1f} ms | {counted['statements']:.0f} "
                f"| {counted['commits']:.1f} |"
            )
    return "\n".join(lines)


def waits(results: dict[str, Any]) -> str:
    """Latencies of each while idle, and of the engine at half load."""
    half = results["latency"]["half"]
    lines = ["| | p50 | p99 | samples |", "|---|---:|---:|---:|"]
    named = [
        (f"{results['systems'][name]['title']}, idle", said)
        for name, said in results["latency"]["idle"].items()
    ]
    named.insert(1, (f"supportcoord at {half['rate']:.0f} flows/s", half))
    for title, said in named:
        lines.append(
            f"| {title} | {said['p50']:.1f} ms | {said['p99']:.1f} ms | {said['samples']} |"
        )
    return "\n".join(lines)


def aged(results: dict[str, Any]) -> str:
    """Claims and sweeps by the number of finished runs."""
    sizes = [f"{int(size):,} finished runs" for size in results["aged"]]
    lines = ["| p50 (p99) | " + " | ".join(sizes) + " |", "|---|" + "---:|" * len(sizes)]
    for what, words in AGED.items():
        figures = [
            f"{said[what]['p50']:.2f} ms ({said[what]['p99']:.2f})"
            for said in results["aged"].values()
        ]
        lines.append(f"| {words} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def busy(results: dict[str, Any]) -> str:
    """How much of the machine each system kept busy."""
    cores = results["machine"]["cores"]
    said = results["throughput"]["three"]
    words = [
        f"{results['systems'][name]['title']} {one['cores']:.1f}" for name, one in said.items()
    ]
    return f"{cores} cores are kept busy like this: " + ", ".join(words)
