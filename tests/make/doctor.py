"""A desk on which all is well, and what the doctor says of it after something was broken."""

import io
from datetime import timedelta

from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone

from apps.coordination.events import publish
from apps.coordination.hints import valkey
from apps.coordination.models import Heartbeat, Run
from apps.ops.doctor.examining import examine
from apps.ops.doctor.types import Finding
from apps.triage.models import ModelVersion
from tests.make.engine import drain
from tests.make.stories import NoSuchStreet, ParcelPosted, courier

DESK = "http://127.0.0.1:8000/admin/coordination/run/dead-letters/"


def healthy_desk() -> None:
    """A coordinator that has just swept, a model, an empty queue."""
    courier.keys.clear()
    courier.problems.clear()
    valkey().delete("celery")
    Heartbeat.objects.create(process="coordinator:here:1", kind="coordinator")
    ModelVersion.objects.create(
        version=1, sha256="0", arrays=b"", facts={}, is_live=True, created_at=timezone.now()
    )


def ago(seconds: float):
    """A moment in the database's past."""
    return Now() - timedelta(seconds=seconds)


def posted(to: str = "elm", *, late: float = 0.0, **fields) -> Run:
    """A run that has been due for so many seconds."""
    publish(ParcelPosted(to=to))
    run = Run.objects.latest("pk")
    Run.objects.filter(pk=run.pk).update(due_at=ago(late), **fields)
    return run


def findings() -> list[Finding]:
    """Everything the doctor finds."""
    return examine().findings


def only_finding(name: str) -> Finding:
    """The one thing that is not well."""
    (found,) = findings()
    assert found.name == name
    return found


def said(*arguments: str) -> list[str]:
    """What the command prints."""
    text = io.StringIO()
    call_command("doctor", *arguments, stdout=text)
    return text.getvalue().splitlines()


def parked(problem=None, *, by: str = "keyed", to: str = "elm") -> Run:
    """A run that waits for an operator."""
    courier.problems.append(problem or NoSuchStreet())
    publish(ParcelPosted(to=to, by=by))
    drain()
    return Run.objects.latest("pk")
