"""The floor: what this PostgreSQL commits when nobody does anything but commit single rows."""

import os
import re
import subprocess

from tests.bench.ground import HOME, Ground, program

SCRIPT = "INSERT INTO bench_row (flow, step) VALUES (1, 1);\n"


def prepare(ground: Ground) -> None:
    """Make the database that pgbench writes to."""
    ground.make_database("floor")
    (HOME / "floor.sql").write_text(SCRIPT)


def commits_a_second(ground: Ground, *, clients: int, seconds: int) -> float:
    """Let pgbench insert single rows, each in a commit of its own."""
    options = ["-n", "-c", str(clients), "-j", str(clients), "-T", str(seconds)]
    place = ["-h", "127.0.0.1", "-p", str(ground.postgres.port), "-U", "postgres", "floor"]
    done = subprocess.run(
        [str(program("pgbench")), *options, "-f", str(HOME / "floor.sql"), *place],
        env={"PATH": os.environ["PATH"], "PGPASSWORD": ground.postgres.password},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])
