"""What every test has: real PostgreSQL and Valkey (see `tests.settings`), and clean data."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.make.harbour import world
from tests.make.imap import NO_DOVECOT

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def migrations_note() -> tuple[Path, str]:
    """Which migrations the kept test database was made of, and which there are now."""
    fingerprint = hashlib.sha256()
    for path in sorted((ROOT / "apps").glob("*/migrations/*.py")):
        fingerprint.update(path.read_bytes())
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return Path(settings.VAR_DIR) / f"migrations.{worker}", fingerprint.hexdigest()


@pytest.fixture(scope="session")
def django_db_createdb(request: pytest.FixtureRequest, migrations_note) -> bool:
    """Make the kept database anew when a migration has changed since."""
    note, fingerprint = migrations_note
    same = note.exists() and note.read_text() == fingerprint
    return request.config.option.create_db or not same


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, migrations_note) -> Iterator[None]:
    """The database stands, and is kept if the tests come to their end: a run that was killed
    leaves rows behind, and no note."""
    note, fingerprint = migrations_note
    note.parent.mkdir(parents=True, exist_ok=True)
    note.unlink(missing_ok=True)
    yield
    note.write_text(fingerprint)


@pytest.fixture
def calm_harbour(settings) -> None:
    """The outside of `tests.make.harbour` remembers nothing, and nobody is woken."""
    settings.COORDINATION_HINTS = False
    world.begin()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what a quiet `s` would hide: tests that had no server to speak with."""
    skipped = terminalreporter.stats.get("skipped", [])
    silent = [each for each in skipped if NO_DOVECOT in str(each.longrepr)]
    if silent:
        what = f"{len(silent)} TESTS OF READING MAILBOXES WERE NOT RUN: {NO_DOVECOT}"
        terminalreporter.write_sep("!", what, red=True, bold=True)
