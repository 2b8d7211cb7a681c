"""Events: who, when, and what they start."""

from datetime import UTC, datetime

import pytest

from apps.coordination.events import acting, moment, publish
from apps.coordination.models import Event
from tests.make.engine import drain, only_run
from tests.make.stories import ParcelPosted

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 2, 20, tzinfo=UTC)


def test_an_old_story_keeps_its_time_in_the_log():
    with acting(at=LONG_AGO):
        publish(ParcelPosted(to="elm"))
        drain()

    assert list(Event.objects.order_by("pk").values_list("type", "at")) == [
        ("ParcelPosted", LONG_AGO),
        ("ParcelWeighed", LONG_AGO),
    ]
    assert only_run().created_at > LONG_AGO


def test_the_time_of_an_old_story_ends_with_it():
    with acting(at=LONG_AGO):
        then = moment()

    assert then == LONG_AGO
    assert moment() > LONG_AGO
