"""`manage.py forget_runs`: remove runs that ended long ago, so that tables stay small."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.coordination.services.forgetting import ANSWERS_KEPT
from apps.core.text import many
from apps.ops.services.retention import forget_old


class Command(BaseCommand):
    help = (
        "Remove runs that ended longer ago, with their steps and attempts, and answers to "
        "requests of that age. Unfinished and parked runs and the log of events stay. It may "
        "be stopped at any moment, and run beside everything else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how long to remember."""
        parser.add_argument(
            "--days",
            type=days,
            default=settings.RUNS_KEPT_DAYS,
            help="as RUNS_KEPT_DAYS says unless given; 0.5 is twelve hours",
        )

    def handle(self, *args: Any, days: float, **options: Any) -> None:
        """Forget, and say how much."""
        gone = forget_old(days=days)
        age = max(days, ANSWERS_KEPT.days)
        self.stdout.write(
            f"{many(gone.runs, 'run')} that ended more than {of_days(days)} ago and "
            f"{many(gone.answers, 'answer')} given more than {of_days(age)} ago are forgotten."
        )


def of_days(number: float) -> str:
    """A number of days in words: 1 day, 90 days, 0.5 days."""
    return many(int(number), "day") if number == int(number) else f"{number:g} days"


def days(text: str) -> float:
    """Read a number of days that is not below nothing."""
    number = float(text)
    if not 0 <= number < 100_000:
        raise ArgumentTypeError("days are a number from 0, such as 90 or 0.5")
    return number
