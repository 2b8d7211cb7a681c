"""Deploys: a run ends under the version it began under; a version that is gone loses nothing."""

import io

import pytest
from django.core.management import CommandError, call_command

from apps.coordination import runtime
from apps.coordination.events import publish
from apps.coordination.flows import FlowRun
from apps.coordination.models import Event, Run
from apps.coordination.registry import registry
from apps.coordination.rules import MISSING_VERSION
from apps.coordination.services.operating import run_again
from tests.make import garden
from tests.make.engine import drain
from tests.make.garden import GARDENER, NIGHT, SeedSown, done_to, release
from tests.make.passing import time_passes
from tests.make.processes import COORDINATOR, running, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PAUSE = MISSING_VERSION.cap
"""After that, a run whose version was missing looks again."""


@pytest.fixture(autouse=True)
def known_flows(monkeypatch):
    """What a test releases is gone with it."""
    monkeypatch.setattr(registry, "flows", dict(registry.flows))


def sown(pot):
    """A run that waits for a night once it has begun."""
    publish(SeedSown(pot=pot))
    return Run.objects.get(serial_key=f"pot:{pot}")


def state(run):
    run.refresh_from_db()
    return run.state


def steps(run):
    return list(run.steps.order_by("position").values_list("name", flat=True))


def gate():
    """What the deploy gate says of the release that this process is of."""
    try:
        call_command("check_versions", stdout=io.StringIO())
    except CommandError as refused:
        return str(refused)
    return ""


def test_i13_a_run_ends_under_the_version_it_began_under_and_new_ones_take_the_newest():
    release(1)
    old = sown("rose")
    drain()

    release(1, 2)
    new = sown("lily")
    drain()
    time_passes(NIGHT)
    drain()

    assert (old.version, state(old), steps(old)) == (1, "done", ["water", "night", "again"])
    assert (new.version, state(new), steps(new)) == (2, "done", ["water", "feed", "night", "cut"])


def test_i13_a_missing_version_stops_the_run_visibly_and_loses_nothing():
    release(1)
    run = sown("rose")
    drain()

    release(2)
    time_passes(NIGHT)
    drain()

    assert (state(run), run.error_code) == ("ready", "unknown_flow")
    assert run.error == "Flow grow version 1 is not in this release."
    assert gate().startswith(
        "1 unfinished run needs version 1 of “grow”, which this release lacks"
    )
    assert done_to("rose") == ["water"]

    release(1, 2)
    time_passes(PAUSE)
    drain()
    assert (state(run), done_to("rose")) == ("done", ["water", "water"])
    assert gate() == ""


def test_i13_a_version_that_does_not_come_back_ends_as_a_dead_letter_that_can_go_on_later():
    release(1)
    run = sown("rose")
    drain()
    release(2)
    time_passes(NIGHT)
    for _ in range(20):
        drain()
        time_passes(PAUSE)

    assert (state(run), run.error_code, run.attempts) == ("dead", "unknown_flow", 20)
    assert Event.objects.get(type="RunParked").payload["run_id"] == run.pk

    release(1)
    run_again(run_id=run.pk, by="user:1", why="The old release is back.")
    drain()
    assert (state(run), done_to("rose")) == ("done", ["water", "water"])


def test_i13_a_story_that_changed_under_its_version_parks_and_repeats_nothing(monkeypatch):
    release(1)
    run = sown("rose")
    drain()

    monkeypatch.setitem(garden.STORIES, 1, garden.grow_better)
    release(1)
    time_passes(NIGHT)
    drain()

    assert (state(run), run.error_code) == ("dead", "non_determinism")
    assert run.error == "At place 2 the story says feed, the run remembers night."
    assert done_to("rose") == ["water"]


def test_i13_a_story_that_became_shorter_under_its_version_does_not_end_as_done(monkeypatch):
    release(1)
    run = sown("rose")
    drain()

    def wither(run: FlowRun[SeedSown]) -> None:
        pass

    monkeypatch.setitem(garden.STORIES, 1, wither)
    release(1)
    time_passes(NIGHT)
    drain()

    assert (state(run), run.error_code) == ("dead", "non_determinism")
    assert run.error == "At place 1 the story says nothing, the run remembers water."


def test_i13_a_version_that_is_gone_holds_back_nobody_else():
    release(1)
    sown("rose")
    drain()
    release(2)
    time_passes(NIGHT)
    drain()

    other = sown("lily")
    drain()

    assert (state(other), done_to("lily")) == ("waiting", ["water", "feed"])
    assert runtime.advance(run_id=other.pk) is False


@pytest.mark.stack
def test_i13_a_deploy_and_its_rollback_repeat_no_step_and_lose_no_sleeping_run():
    release(1)
    with running(COORDINATOR, GARDENER, VERSIONS="1"):
        old = sown("rose")
        wait_until(lambda: state(old) == "waiting")

    release(1, 2)
    with running(COORDINATOR, GARDENER, VERSIONS="1 2"):
        new, young = sown("lily"), sown("iris")
        wait_until(lambda: (state(new), state(young)) == ("waiting", "waiting"))
        time_passes(NIGHT / 2)

    release(1)
    assert gate().startswith("2 unfinished runs need version 2 of “grow”")
    with running(COORDINATOR, GARDENER, VERSIONS="1"):
        time_passes(NIGHT / 2)
        wait_until(lambda: state(old) == "done")
        wait_until(lambda: Run.objects.filter(error_code="unknown_flow").count() == 2)
        assert (state(new), state(young)) == ("ready", "ready")

    release(1, 2)
    with running(COORDINATOR, GARDENER, VERSIONS="1 2"):
        time_passes(PAUSE)
        wait_until(lambda: (state(new), state(young)) == ("done", "done"))

    assert (done_to("rose"), done_to("lily")) == (["water"] * 2, ["water", "feed", "cut"])
    assert (steps(old), steps(new)) == (["water", "night", "again"], steps(young))
    assert gate() == ""
