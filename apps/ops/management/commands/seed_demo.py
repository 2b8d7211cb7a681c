"""`manage.py seed_demo`: fill an empty desk with a made-up shop, its people and their mail."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.core.errors import DomainError
from apps.ops.sample.seeding import finish, seed
from apps.ops.sample.staff import PASSWORD, STAFF


class Command(BaseCommand):
    help = "Fill an empty desk with the sample shop. The second time nothing changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether other data matters."""
        parser.add_argument(
            "--force", action="store_true", help="add it to a desk that is not empty"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the data, then say how to get in."""
        try:
            made = seed(force=options["force"], at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        say = self.stdout.write
        say(
            f"Juniper & Pine, an outdoor shop: {made.mails} mails, {made.tickets} tickets, "
            f"{made.open_reviews} open reviews."
        )
        say(f"Sign in at {settings.SITE_URL} with the password {PASSWORD} as")
        for colleague in STAFF:
            say(f"  {colleague.username:<8} {colleague.name:<16} {colleague.does}")
        if made.key:
            say(f"A program's API key, shown this once: {made.key}")
        finish()
