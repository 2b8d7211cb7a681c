"""Many parcels at once, and whether each of them was weighed and carried once."""

from django.db import transaction
from django.db.models import Count

from apps.coordination.events import publish
from apps.coordination.models import Event, Run, Step
from tests.make.stories import ParcelPosted


def post(count: int) -> None:
    """Post so many parcels to twenty streets, each in a transaction of its own."""
    for number in range(count):
        with transaction.atomic():
            publish(ParcelPosted(to=f"street {number % 20}"))


def done() -> int:
    """How many runs have come to their end."""
    return Run.objects.filter(state="done").count()


def each_step_happened_once(count: int) -> None:
    """Fail unless so many parcels were weighed and carried, once each."""
    steps = Step.objects.filter(state="done").values("name").annotate(times=Count("pk"))
    assert {step["name"]: step["times"] for step in steps} == {"weigh": count, "carry": count}
    assert Event.objects.filter(type="ParcelWeighed").count() == count
