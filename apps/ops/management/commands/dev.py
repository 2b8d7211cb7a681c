"""`manage.py dev`, which is `make run`: the whole product on this machine until Ctrl-C."""

import os
import signal
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.core.errors import Unavailable
from apps.ops.launching import die_with_parent
from apps.ops.stack.starting import Stack
from apps.ops.stack.supervisor import StopRequested


class Command(BaseCommand):
    help = "Start servers, web, live stream, worker and coordinator; stop all with Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether an empty desk is wanted."""
        parser.add_argument("--empty", action="store_true", help="make no sample data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the stack; whatever ends it, one sentence says so and nothing is left running."""
        if os.environ.get("MAKELEVEL"):
            die_with_parent(signal.SIGTERM)
        try:
            with ExitStack() as parts:
                Stack(settings, parts, sample_data=not options["empty"]).run()
        except StopRequested:
            self.stdout.write("Stopped. The data stays.")
        except Unavailable as error:
            raise SystemExit(str(error)) from None
        except OSError as error:
            raise SystemExit(f"supportcoord cannot start: {error}.") from None
