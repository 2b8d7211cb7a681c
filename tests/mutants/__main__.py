"""`make mutants`: switch each protection off, run the tests that must notice, print the table."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import django

# The servers start once, and each run of tests finds them named in its environment.
from tests import settings  # noqa: F401

ROOT = Path(__file__).parents[2]
QUIET = ["-q", "-n0", "--no-header", "--show-capture=no", "--tb=no", "-o", "addopts=--reuse-db"]
QUIET += ["-p", "no:randomly", "-p", "no:cacheprovider", "--timeout=100"]
# What these tests do not use takes two seconds of each start.
for plugin in ("schemathesis", "playwright", "valkey", "anyio", "hypothesispytest"):
    QUIET += ["-p", f"no:{plugin}"]


@dataclass
class Fate:
    """What became of a mutant."""

    killed: bool
    text: str
    seconds: float


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a process of its own."""
    command = [sys.executable, "-m", "pytest", *QUIET, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def main(*names: str) -> int:
    """Try every mutant, or those that are named. Returns how many live."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # for the runs of tests as well
    django.setup()
    from tests.mutants.catalogue import MUTANTS  # noqa: PLC0415 - settings stand only now

    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    say(f"{len(chosen)} mutants, {len(tests)} tests. Without a mutant they must pass …")
    began = time.monotonic()
    whole = run(*tests)
    if whole.returncode:
        say(whole.stdout + whole.stderr)
        return 1
    say(f"They do, in {time.monotonic() - began:.0f} s.\n")
    width = max(len(mutant.name) for mutant in chosen)
    kept = max(len(mutant.protection) for mutant in chosen)
    living = 0
    for mutant in chosen:
        fate = fate_of(mutant.name, mutant.tests)
        living += not fate.killed
        what = f"{mutant.name:{width}}  {mutant.protection:{kept}}"
        say(f"{what}  {fate.seconds:4.0f} s  {fate.text}")
    say(f"\n{len(chosen) - living} of {len(chosen)} mutants were killed.")
    return living


def fate_of(name: str, tests: list[str]) -> Fate:
    """Run the tests with one protection away."""
    from tests.mutants.plugin import KILLED, SURVIVED  # noqa: PLC0415 - settings stand only now

    began = time.monotonic()
    done = run("-x", "-p", "tests.mutants.plugin", f"--mutant={name}", *tests)
    said = [line for line in done.stdout.splitlines() if line.startswith(("KILLED", "NOTHING"))]
    text = said[0] if said else "SURVIVED" if done.returncode == SURVIVED else done.stdout[-2000:]
    text = text.replace("tests/guarantees/", "").replace("KILLED BY: ", "killed by ")
    return Fate(done.returncode == KILLED, text, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(min(main(*sys.argv[1:]), 1))
