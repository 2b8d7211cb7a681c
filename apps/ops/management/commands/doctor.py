"""`manage.py doctor`: what is stuck and why, and what to do."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import NotFound
from apps.core.text import many
from apps.ops.doctor.examining import Examined, examine, explained
from apps.ops.doctor.saying import size
from apps.ops.doctor.types import Finding

LARGEST = 3


class Command(BaseCommand):
    help = (
        "Say in sentences what is not well, why, and what to do. Exit code 1 when something "
        "needs a person; what heals by itself is told and does not count."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how to say it, or one run to explain."""
        parser.add_argument("--json", action="store_true", help="for machines, with all facts")
        parser.add_argument("--run", type=int, help="only say why this run is not running")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine, and say what was found."""
        if options["run"] is not None:
            self.explain(options["run"])
            return
        examined = examine()
        self.stdout.write(as_json(examined) if options["json"] else as_text(examined))
        if examined.urgent:
            needs = "thing needs" if len(examined.urgent) == 1 else "things need"
            raise CommandError(f"{len(examined.urgent)} {needs} a person.")

    def explain(self, run_id: int) -> None:
        """Say why one run is not running."""
        try:
            self.stdout.write(explained(run_id))
        except NotFound as error:
            raise CommandError(str(error)) from None


def as_text(examined: Examined) -> str:
    """Two lines a finding; the last line says how much there is."""
    lines = [line for finding in examined.findings for line in told(finding)]
    if not examined.urgent:
        lines.append("Nothing needs a person." if lines else "All is well.")
    if examined.facts:
        tables = examined.facts.server.tables
        total = size(sum(table.size for table in tables))
        largest = ", ".join(f"{one.name} {size(one.size)}" for one in tables[:LARGEST])
        lines.append(f"{many(len(tables), 'table')} hold {total}: {largest}.")
    return "\n".join(lines)


def told(finding: Finding) -> list[str]:
    """What is wrong, and below it what to do; what heals by itself is marked less."""
    return [f"{'!' if finding.urgent else '-'} {finding.wrong}", f"    {finding.cure}"]


def as_json(examined: Examined) -> str:
    """The same with all facts."""
    return json.dumps(
        {
            "well": not examined.urgent,
            "findings": [asdict(finding) for finding in examined.findings],
            "facts": asdict(examined.facts) if examined.facts else None,
        },
        default=str,
        ensure_ascii=False,
    )
