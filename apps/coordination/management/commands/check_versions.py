"""`manage.py check_versions`: tells whether this release may replace the one that runs now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.coordination.queries import Missing, missing_versions


class Command(BaseCommand):
    help = (
        "Run with the new code before it replaces the old. Exit code 1 while unfinished runs "
        "need a version of a flow that this release lacks."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say in a sentence what each missing version holds up."""
        missing = missing_versions()
        if missing:
            raise CommandError("\n".join(said(one) for one in missing))
        self.stdout.write("This release has every version of a flow that unfinished runs need.")


def said(one: Missing) -> str:
    """What is missing, for whom, and what to do."""
    runs = "1 unfinished run needs" if one.runs == 1 else f"{one.runs} unfinished runs need"
    return (
        f"{runs} version {one.version} of “{one.flow}”, which this release lacks, the oldest is "
        f"run {one.oldest} of {one.since:%Y-%m-%d}: keep that version until they have ended."
    )
