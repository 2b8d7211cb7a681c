"""`make run` for the tests of this folder, from nothing or from what an earlier start left."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.make.stack import RunningStack, gone

Start = Callable[..., RunningStack]


@pytest.fixture
def stacks(tmp_path: Path) -> Iterator[Start]:
    """Starts stacks in one folder and leaves none behind."""
    started: list[RunningStack] = []

    def start(*words: str, **environment: str) -> RunningStack:
        started.append(RunningStack(tmp_path / "var", *(words or ["--empty"]), **environment))
        return started[-1]

    yield start
    for stack in started:
        stack.process.kill()
        stack.process.wait()
    assert all(gone(stack) for stack in started)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a start leaves behind that came to a good end."""
    stack = RunningStack(tmp_path_factory.mktemp("lived_in") / "var", "--empty")
    stack.until_it_runs().stop()
    assert gone(stack)
    return stack.var


@pytest.fixture
def later_stacks(stacks: Start, lived_in: Path, tmp_path: Path) -> Start:
    """Starts stacks where one has run before: no database has to be made first."""
    # With its owners: PostgreSQL's files are not root's, where root runs the tests.
    subprocess.run(["cp", "-a", lived_in, tmp_path / "var"], check=True)
    return stacks
