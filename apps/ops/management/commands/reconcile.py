"""`manage.py reconcile`: every mail that was received has exactly one outcome, or waits for it."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.channels.queries.sums import Sum, mail_sums


class Command(BaseCommand):
    help = (
        "Hold the mails received against the sum of their outcomes, by inbox and day. An outcome "
        "counts only with what must stand behind it: a message on its ticket, an original. "
        "Exit code 1 when the sums do not agree."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how far to look back."""
        parser.add_argument("--days", type=int, default=0, help="only the last days (0: all)")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        """Print a line for each inbox and day, and a sum."""
        since = timezone.now() - timedelta(days=days) if days > 0 else None
        sums = mail_sums(since=since)
        for one in sums:
            self.stdout.write(f"{one.day} {one.inbox}: {said(one)}")
        wrong = [one for one in sums if not one.agrees]
        received = sum(one.received for one in sums)
        if wrong:
            missing = sum(one.missing for one in wrong)
            raise CommandError(f"{missing} of {received} mails have no outcome that holds.")
        waiting = sum(one.outcomes["received"] for one in sums)
        self.stdout.write(f"{received} mails received, {waiting} of them wait: the sums agree.")


def said(one: Sum) -> str:
    """`7 received = 5 ticket + 2 ignored`."""
    parts = [f"{count} {name}" for name, count in one.outcomes.items() if count]
    verdict = "" if one.agrees else f"  ({one.missing} WITHOUT an outcome that holds)"
    return f"{one.received} received = {' + '.join(parts) or '0'}{verdict}"
