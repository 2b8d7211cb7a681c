"""`manage.py reseal_secrets`: seal what is stored with the first of the encryption keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.text import many
from apps.ops.services.resealing import reseal_secrets


class Command(BaseCommand):
    help = (
        "Seal every stored token with the first of SUPPORTCOORD_ENCRYPTION_KEYS. Afterwards the "
        "others can be removed. Exit code 1 when a token could not be opened."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal anew, and say what could not be opened."""
        done = reseal_secrets()
        sealed = many(done.count, "secret is", "secrets are")
        self.stdout.write(f"{sealed} sealed with the first key.")
        if done.unreadable:
            lost = ", ".join(done.unreadable)
            raise CommandError(f"No key opens {lost}: enter it again, or bring its key back.")
