"""The pytest plugin that puts a mutant on: `pytest -p tests.mutants.plugin --mutant=NAME`."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mutants.patching import Mutant, NothingToPatch

KILLED, SURVIVED, NOTHING_PATCHED, BROKEN = 20, 21, 22, 23
"""How a run with a mutant ends: a test failed; none did; nothing was changed; none could tell."""


def say(text: str) -> None:
    """One line for whoever runs the mutants."""
    sys.stdout.write(f"\n{text}\n")


class Verdict:
    """What the tests say of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.killers: list[str] = []
        self.passed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails while it acts kills the mutant; one that cannot begin says nothing."""
        if report.when == "call" and report.failed:
            self.killers.append(report.nodeid)
        self.passed += report.when == "call" and report.passed

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Say who killed it."""
        missed = [text for change in self.mutant.changes if (text := change.missed())]
        if session.exitstatus == NOTHING_PATCHED:
            return
        if missed:
            say(f"NOTHING PATCHED: {missed[0]}")
            session.exitstatus = NOTHING_PATCHED
        elif self.killers:
            say(f"KILLED BY: {self.killers[0]}")
            session.exitstatus = KILLED
        else:
            session.exitstatus = SURVIVED if self.passed else BROKEN


@pytest.fixture(scope="session", autouse=True)
def mutated(
    pytestconfig: pytest.Config, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """One protection is away while the tests run."""
    changes = pytestconfig.pluginmanager.get_plugin("verdict").mutant.changes
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        try:
            for change in changes:
                change.put_on(patch)
        except NothingToPatch as error:
            say(f"NOTHING PATCHED: {error}")
            pytest.exit(str(error), returncode=NOTHING_PATCHED)
        yield
        for change in changes:
            change.take_off()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutant", help="The name of the protection to switch off.")


def pytest_configure(config: pytest.Config) -> None:
    """Put the named mutant on."""
    from tests.mutants.catalogue import MUTANTS  # noqa: PLC0415 - settings stand only now

    named = {mutant.name: mutant for mutant in MUTANTS}
    config.pluginmanager.register(Verdict(named[config.getoption("--mutant")]), "verdict")
