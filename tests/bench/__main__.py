"""`make bench`: measures everything in one run, prints a table, writes the page."""

import json
import os
import time
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from tests.bench import (
    aged,
    counting,
    floor,
    latency,
    mail,
    mail_page,
    parsing,
    processes,
    report,
    systems,
    throughput,
)
from tests.bench.goals import KINDS
from tests.bench.ground import HOME, ROOT, Ground, ground, machine

QUICK = os.environ.get("QUICK", "") not in ("", "0")
HANDS = 2
# What each peer was quickest with here: `dbos` was tried with 2 to 20 threads, asking its queue
# every 10 to 100 ms.
DBOS_THREADS, DBOS_POLL, PROCRASTINATE_JOBS = 4, 0.05, 4
ROUNDS, LEAST = (2, 60) if QUICK else (5, 150)
COUNTED = 50 if QUICK else 200
SAMPLES, LOADED_SECONDS = (40, 4.0) if QUICK else (200, 15.0)
MAIL_ROUNDS, MAILS = (1, 60) if QUICK else (5, 300)
PARSED = [1_000, 100_000] if QUICK else parsing.SIZES
SIZES = [10_000, 50_000] if QUICK else [10_000, 1_000_000]


def main() -> None:
    """Measure, tell, and write it down; a quick run leaves the page of the last whole one."""
    if os.environ.get("ONLY") == "mail":
        with ground() as stand:
            print("\n".join(mail_page.lines(mailing(stand))))  # noqa: T201 - for whoever asked
        return
    with ground() as stand:
        began, others = time.monotonic(), processes.cpu_of_others()
        results = facts(stand) | measured(stand) | mailing(stand)
        seconds = time.monotonic() - began
        results["others"] = max(0.0, (processes.cpu_of_others() - others) / seconds)
        say("claims and sweeps over finished runs")
        results["aged"] = aged.measure(stand, SIZES, rounds=2 if QUICK else 5)
    (HOME / "results.json").write_text(json.dumps(results, indent=1))
    print(report.table(results))  # noqa: T201 - for whoever asked
    report.write(results, HOME / "docs" if QUICK else ROOT / "docs")


def measured(stand: Ground) -> dict[str, Any]:
    """All that the four systems do, side by side."""
    all_of_them = [
        systems.engine(HANDS),
        systems.plain(HANDS),
        systems.dbos(HANDS, DBOS_THREADS, DBOS_POLL),
        systems.procrastinate(HANDS, PROCRASTINATE_JOBS),
    ]
    try:
        for system in all_of_them:
            say(f"starting {system.title}")
            system.begin(stand)
        floor.prepare(stand)
        say("flows a second, in turns")
        found, floors = throughput.rounds(stand, all_of_them, times=ROUNDS, least=LEAST)
        said = throughput.summary(found)
        say("what a flow asks of PostgreSQL")
        counts = {
            kind: {one.name: counting.count(stand, one, kind, COUNTED) for one in all_of_them}
            for kind in KINDS
        }
        say("from commit to first step")
        waits = waiting(stand, all_of_them, said["three"]["engine"]["rate"] / 2)
    finally:
        for system in all_of_them:
            system.end()
    titles = {one.name: {"title": one.title, "said": one.said} for one in all_of_them}
    return {"throughput": said, "floor": floors, "counts": counts, "latency": waits} | {
        "systems": titles
    }


def mailing(stand: Ground) -> dict[str, Any]:
    """What mail takes: from LMTP to its ticket, and to be read."""
    say("mails a second, in turns")
    found = mail.measure(stand, times=MAIL_ROUNDS, count=MAILS)
    say("reading mails of all sizes")
    return {"mail": found, "parsing": [asdict(row) for row in parsing.measure(PARSED)]}


def waiting(stand: Ground, all_of_them: list[systems.System], rate: float) -> dict[str, Any]:
    """Latencies of all while idle, and of the engine at half of what it can do."""
    quiet = {one.name: latency.summary(latency.idle(stand, one, SAMPLES)) for one in all_of_them}
    engine = all_of_them[0]
    busy = latency.loaded(stand, engine, rate=rate, seconds=LOADED_SECONDS)
    return {"idle": quiet, "half": latency.summary(busy) | {"rate": rate}}


def facts(stand: Ground) -> dict[str, Any]:
    """Where and when, and which versions of what."""
    peers = {name: pinned(name) for name in ("dbos", "procrastinate")}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "server": stand.durability(),
        "versions": {"django": version("django"), "celery": version("celery")} | peers,
    }


def pinned(name: str) -> str:
    """The version of a peer."""
    lines = (ROOT / "requirements" / "bench.txt").read_text().splitlines()
    return next(line.split("==")[1].split()[0] for line in lines if line.startswith(f"{name}=="))


def say(what: str) -> None:
    """Tell what goes on; it takes minutes."""
    print(f"… {what}", flush=True)  # noqa: T201 - for whoever asked


if __name__ == "__main__":
    main()
