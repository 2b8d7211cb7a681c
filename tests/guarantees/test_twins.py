"""Copies of one wake-up, and processes that stood still, do nothing that another does too."""

import os
import socket
import time

import pytest
from celery.exceptions import WorkerLostError
from django.db import OperationalError

from apps.coordination import ledger, runtime, tasks
from apps.coordination.flows import Receiver
from apps.coordination.models import Run
from apps.coordination.services import calling
from apps.coordination.services.turning import Turn
from tests.make.harbour import plan, start, told, world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calm_harbour")]
LONG_AGO = "2020-01-01T00:00:00Z"
HOST = socket.gethostname()[:30]
NOBODY = 2**22 + 1  # past the largest number that Linux gives a process


moor = told("moor", receiver=Receiver.UNSAFE)


@plan
def mooring(run):
    run.call("moor", moor)


def leases():
    """Which runs are in hands that still hold them."""
    held = Run.objects.filter(state="running", lease_until__gt=LONG_AGO)
    return {run.lease_owner for run in held if run.lease_until > ledger.database_now()}


def test_i16_a_copy_of_a_wake_up_that_loses_the_database_ends_no_lease_of_its_twin(monkeypatch):
    run = start("mooring")

    def a_copy_comes_to_nothing():
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", lambda: NOBODY)
            patch.setattr(ledger, "claim", no_database)
            tasks.advance.apply(args=[run.pk], task_id="twin")
        runtime.advance(run_id=run.pk, owner="third")

    world.meanwhile["moor"] = [a_copy_comes_to_nothing]
    tasks.advance.apply(args=[run.pk], task_id="twin")

    run.refresh_from_db()
    assert (run.state, run.takeovers, world.asked) == ("done", 0, ["moor"])


def no_database(*_, **__):
    raise OperationalError("The connection is gone.")


def test_i16_the_death_of_one_twin_frees_its_own_run_alone():
    living, dead = start("mooring"), start("mooring", ship="bella")
    ours, theirs = f"{HOST}:{os.getpid()}:twin", f"{HOST}:{NOBODY}:twin"
    elsewhere = start("mooring", ship="carla")
    ledger.claim(living.pk, owner=ours)
    ledger.claim(dead.pk, owner=theirs)
    ledger.claim(elsewhere.pk, owner=f"another-{HOST}:{NOBODY}:twin")

    tasks.when_a_child_dies(task_id="twin", exception=WorkerLostError("signal 9"))

    assert leases() == {ours, f"another-{HOST}:{NOBODY}:twin"}


def test_a_forged_task_may_be_called_anything():
    run = start("mooring")

    tasks.advance.apply(args=[run.pk], task_id="\x00:" + "x" * 500)
    tasks.when_a_child_dies(task_id="\x00:%" + "x" * 500, exception=WorkerLostError("signal 9"))

    run.refresh_from_db()
    assert run.state == "done"


anchored = []


def has_anchored(intent, **_):
    return "anchored" if anchored else None


anchor = told("anchor", receiver=Receiver.RECONCILABLE, reconcile=has_anchored)


@plan
def anchoring(run):
    run.call("anchor", anchor)


def test_i7_who_stood_still_in_the_commit_of_an_intent_asks_nobody(monkeypatch):
    """Another takes the run over meanwhile, asks what is there, and tells the receiver."""
    run, stopped, commit = start("anchoring"), [], Turn.commit

    class Clock:
        monotonic = staticmethod(lambda: time.monotonic() + 60 * len(stopped))

    def stopped_in_the_commit(turn):
        commit(turn)
        if Run.objects.filter(state="running", steps__state="started").exists() and not stopped:
            stopped.append(1)
            Run.objects.update(lease_until=LONG_AGO, due_at=LONG_AGO)
            runtime.advance(run_id=run.pk, owner="second")

    monkeypatch.setattr(calling, "time", Clock)
    monkeypatch.setattr(Turn, "commit", stopped_in_the_commit)
    runtime.advance(run_id=run.pk, owner="first")

    assert (world.asked, Run.objects.get().state) == (["anchor"], "done")
