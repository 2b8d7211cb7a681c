"""Gives work to this engine, or to the plain tasks: `python -m tests.bench.feed engine`."""

import sys

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


def to_plain(*, kind: str, first: int, count: int) -> int:
    """Send the first task of each flow."""
    for number in range(first, first + count):
        plain.one.delay(kind, number)
    return count


if __name__ == "__main__":
    answer(feed={"engine": to_engine, "plain": to_plain}[sys.argv[1]])
