"""Each guarantee starts with an outside that remembers nothing, and where asked for a clock."""

import pytest
from django.db import connection

from apps.coordination.services import turning
from apps.core import db
from tests.make.clock import DatabaseClock
from tests.make.stories import courier


@pytest.fixture(autouse=True)
def fresh_courier():
    courier.keys.clear()
    courier.problems.clear()
    return courier


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Where the outside of `tests.make.journeys` writes down what it was asked."""
    monkeypatch.setenv("TESTS_NOTEBOOK", str(tmp_path))
    return tmp_path


@pytest.fixture
def quiet_engine(settings, monkeypatch):
    """No wake-ups, and no step that goes alone because this machine was slow for a moment."""
    settings.COORDINATION_HINTS = False
    monkeypatch.setattr(turning, "SHARED_FOR", 3600.0)
    monkeypatch.setattr(db, "LONGEST_WAIT", "15s")


@pytest.fixture
def clock(transactional_db, monkeypatch):
    """The database's clock, to be put forward."""
    clock = DatabaseClock()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", clock.options)
    connection.close()
    yield clock
    connection.close()
    clock.stop()
