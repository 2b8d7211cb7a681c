"""`manage.py serve web|stream|worker|…`: become that one process, as containers do."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.ops.stack.processes import PROCESSES


class Command(BaseCommand):
    help = "Become one of the processes the product is made of."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the name of the process."""
        parser.add_argument("process", choices=[process.name for process in PROCESSES])

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process by it, so that signals reach it."""
        (process,) = (known for known in PROCESSES if known.name == options["process"])
        command = process.command(settings)
        os.chdir(settings.BASE_DIR)
        os.execve(command[0], command, {**os.environ, **process.env})  # noqa: S606 - no shell
