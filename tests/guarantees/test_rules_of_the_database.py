"""What the database itself refuses, whoever asks: moves that are none, and another past."""

from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from apps.coordination.events import publish
from apps.coordination.models import Event, Run
from apps.coordination.states import RUN_MOVES, RunState
from tests.make.stories import ParcelPosted

pytestmark = pytest.mark.django_db

PAIRS = [(old, new) for old, new in product(RunState.values, repeat=2) if old != new]
PERMITTED = [(old, new) for old, new in PAIRS if new in RUN_MOVES[RunState(old)]]
FORBIDDEN = [pair for pair in PAIRS if pair not in PERMITTED]


def run_that_is(state):
    """A run in any state, without the way that leads there."""
    publish(ParcelPosted(to="elm"))
    run = Run.objects.get()
    run.pk, run.state = None, state
    run.save(force_insert=True)
    return run


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_i11_a_run_makes_only_permitted_moves(old, new):
    run = run_that_is(old)

    with pytest.raises(DatabaseError, match="permitted_moves"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(state=new)

    assert Run.objects.get(pk=run.pk).state == old


@pytest.mark.parametrize(("old", "new"), PERMITTED)
def test_i11_what_is_permitted_to_a_run_the_database_permits_too(old, new):
    run = run_that_is(old)

    Run.objects.filter(pk=run.pk).update(state=new)

    assert Run.objects.get(pk=run.pk).state == new


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE coordination_event SET actor = 'me'",
        "UPDATE coordination_event SET payload = '{}', at = now() WHERE seq = 1",
        "DELETE FROM coordination_event",
        "DELETE FROM coordination_event WHERE seq = 2",
        "TRUNCATE coordination_event",
        "TRUNCATE coordination_stream, coordination_event CASCADE",
    ],
)
def test_i11_the_log_cannot_be_changed_through_sql(statement):
    publish(ParcelPosted(to="elm"))
    publish(ParcelPosted(to="elm"))
    told = list(Event.objects.order_by("pk").values())

    with (
        pytest.raises(DatabaseError, match=r"append_only|never_emptied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL supportcoord.may_truncate = off")
        cursor.execute(statement)

    assert len(told) == 2
    assert list(Event.objects.order_by("pk").values()) == told
