"""`make bench`: measures everything in one run, prints a table, writes the page."""

import json
import os

from tests.bench import systems, throughput
from tests.bench.ground import HOME, ground

QUICK = os.environ.get("QUICK", "") not in ("", "0")
HANDS = int(os.environ.get("HANDS", "2"))
THREADS = int(os.environ.get("THREADS", "4"))
POLL = float(os.environ.get("POLL", "0.05"))
COUNT = int(os.environ.get("COUNT", "200" if QUICK else "1000"))
ROUNDS = int(os.environ.get("ROUNDS", "2" if QUICK else "5"))
ONLY = os.environ.get("ONLY", "").split()


def main() -> None:
    with ground() as stand:
        all_of_them = [
            systems.engine(HANDS),
            systems.plain(HANDS),
            systems.dbos(HANDS, THREADS, POLL),
            systems.procrastinate(HANDS, THREADS),
        ]
        chosen = [s for s in all_of_them if not ONLY or s.name in ONLY]
        try:
            for system in chosen:
                system.begin(stand)
            found = throughput.rounds(stand, chosen, count=COUNT, times=ROUNDS)
        finally:
            for system in chosen:
                system.end()
    said = throughput.summary(found)
    (HOME / "results.json").write_text(json.dumps(said, indent=1))
    for kind in throughput.KINDS:
        for name, figures in said[kind].items():
            words = " ".join(f"{key}={value:.2f}" for key, value in figures.items())
            print(f"{kind:8} {name:14} {words}")  # noqa: T201


if __name__ == "__main__":
    main()
