"""`kill -9` of the worker in the middle of 200 mails: every one becomes a coordinated ticket."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx2
import pytest

from tests.make.client import Client, within
from tests.make.letters import letter
from tests.make.stack import RunningStack, gone

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

COUNT = 200

LOOK = """
import json
from django.db.models import Count
from apps.coordination.models import Run, Step
from apps.tickets.models import Ticket
mine = Ticket.objects.filter(subject__startswith="Killed ")
keys = [f"ticket:{pk}" for pk in mine.values_list("pk", flat=True)]
runs = Run.objects.filter(flow="intake", serial_key__in=keys)
routed = Step.objects.filter(run__in=runs, name="route", state="done")
print(json.dumps({
    "tickets": mine.count(),
    "subjects": mine.values("subject").distinct().count(),
    "messages": sum(mine.annotate(n=Count("messages")).values_list("n", flat=True)),
    "settled": runs.filter(state__in=["done", "waiting"]).count(),
    "runs": runs.count(),
    "routed": routed.count(),
    "decisions": sum(mine.annotate(n=Count("routing_decisions")).values_list("n", flat=True)),
    "verdicts": sum(mine.annotate(n=Count("classifications")).values_list("n", flat=True)),
    "notes": __import__("apps.crm.models", fromlist=["Note"]).Note.objects.filter(
        about__in=keys, kind="created", state="pushed").count(),
}))
"""


def mails():
    text = "Could you please tell me the status of my order A-1001? When will it be shipped?"
    return [
        letter(text, subject=f"Killed {number}", sender=f"c{number}@home.example")
        for number in range(COUNT)
    ]


def look(stack):
    return json.loads(stack.manage("shell", "-v", "0", "-c", LOOK).splitlines()[-1])


def feed(client, raws):
    """Hand mails in until the product goes away; returns those that were acknowledged."""

    def hand_in(raw):
        with suppress(httpx2.HTTPError):
            client.mail(raw)
            return raw
        return None

    with ThreadPoolExecutor(2) as pool:
        return {raw for raw in pool.map(hand_in, raws) if raw}


def kill_the_worker(stack):
    """`kill -9` its parent and children at once."""
    for pid, command in stack.family().items():
        if "celery" in command and "worker" in command:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_200_mails_survive_a_killed_worker(tmp_path):
    letters = mails()
    stack = RunningStack(tmp_path / "var").until_it_runs()
    client = Client(stack)
    feed(client, letters[:120])
    kill_the_worker(stack)
    stack.until_it_ends()
    assert gone(stack)

    stack = RunningStack(stack.var, PORT=str(stack.port)).until_it_runs()
    try:
        again = feed(client, letters)
        assert len(again) == COUNT
        seen = within(240, lambda: settled(stack))
    finally:
        stack.stop()

    assert seen["subjects"] == seen["tickets"] == seen["messages"] == seen["runs"] == COUNT
    assert seen["routed"] == seen["decisions"]
    assert seen["verdicts"] == seen["notes"] == COUNT


def settled(stack):
    seen = look(stack)
    done = seen["settled"] == seen["tickets"] == seen["notes"] == COUNT
    return seen if done else None
