"""`manage.py check_log`: replaying each ticket's log gives the ticket as it is now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tickets.checking import departures
from apps.tickets.models import Ticket


class Command(BaseCommand):
    help = (
        "Replay the log of every ticket and hold the result against the ticket. Changes nothing. "
        "Exit code 1 when one differs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each difference, and a sum."""
        wrong = 0
        for departure in departures():
            wrong += 1
            for sentence in departure.sentences:
                self.stdout.write(f"{departure.ticket}: {sentence}.")
        count = Ticket.objects.count()
        if wrong:
            raise CommandError(f"{wrong} of {count} tickets are not what their logs say.")
        self.stdout.write(f"{count} tickets are what their logs say.")
