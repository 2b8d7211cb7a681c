"""`manage.py issue_key shop-sync --scope tickets:read`: make a key for a program."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts.services.keys import issue_key, service_user
from apps.accounts.states import Scope
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Make an API key for a program and print it, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose key, what for, how long."""
        parser.add_argument("name", help="what the key is for; also its account's name")
        parser.add_argument("--user", help="the service account it acts as (default: NAME)")
        parser.add_argument(
            "--scope", action="append", required=True, choices=Scope.values, dest="scopes"
        )
        parser.add_argument("--days", type=int, help="how long it is valid (default: for ever)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue the key; its text is all that standard output gets."""
        days = options["days"]
        if days is not None and not 0 < days <= 36500:
            raise CommandError("--days takes a whole number from 1 to 36500.")
        try:
            key, text = issue_key(
                name=options["name"][:80],
                user=service_user(username=(options["user"] or options["name"])[:150]),
                scopes=options["scopes"],
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{key} acts as {key.user.username}; its text is not shown again:")
        self.stdout.write(text)
