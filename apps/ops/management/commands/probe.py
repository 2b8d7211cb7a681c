"""`manage.py probe`: what `/healthz` and `/readyz` say, for processes without a port."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.ops.health import OK, readiness, vitality


class Command(BaseCommand):
    help = "Say how each part is; exit code 1 when one is not well."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a part."""
        report = vitality() | readiness()
        for part, finding in report.items():
            self.stdout.write(f"{part}: {finding}")
        if not all(finding.startswith(OK) for finding in report.values()):
            raise CommandError("Not everything is well.")
