"""Gives work to this engine, or to the plain tasks: `python -m tests.bench.feed engine`."""

import random
import sys
import time

import django

django.setup()

from django.db import transaction  # noqa: E402

from apps.coordination.events import publish  # noqa: E402
from tests.bench import plain, worker  # noqa: E402, F401 - the tasks need their app
from tests.bench.stories import ASKED  # noqa: E402
from tests.bench.talking import answer  # noqa: E402

AT_A_TIME = 50


def to_engine(*, kind: str, first: int, count: int) -> int:
    """Publish the events that start flows, fifty in one commit."""
    for start in range(first, first + count, AT_A_TIME):
        with transaction.atomic():
            for number in range(start, min(start + AT_A_TIME, first + count)):
                publish(ASKED[kind](flow=number))
    return count


def one_to_engine(*, kind: str, flow: int) -> float:
    """Publish one event; returns when its commit was, before any wake-up is sent."""
    moments: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: moments.append(time.time()))
        publish(ASKED[kind](flow=flow))
    return moments[0]


def paced(*, kind: str, first: int, seconds: float, rate: float) -> list[float]:
    """Publish at random moments, so many a second; returns when each commit was."""
    luck, commits = random.Random(4711), []
    due = time.time()
    end = due + seconds
    while (due := due + luck.expovariate(rate)) < end:
        time.sleep(max(0.0, due - time.time()))
        commits.append(one_to_engine(kind=kind, flow=first + len(commits)))
    return commits


def to_plain(*, kind: str, first: int, count: int) -> int:
    """Send the first task of each flow."""
    for number in range(first, first + count):
        plain.one.delay(kind, number)
    return count


def one_to_plain(*, kind: str, flow: int) -> float:
    """Send one flow's first task; returns when that began."""
    moment = time.time()
    plain.one.delay(kind, flow)
    return moment


HANDLERS = {
    "engine": {"feed": to_engine, "one": one_to_engine, "paced": paced},
    "plain": {"feed": to_plain, "one": one_to_plain},
}

if __name__ == "__main__":
    answer(**HANDLERS[sys.argv[1]])
