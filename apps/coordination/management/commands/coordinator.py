"""`manage.py coordinator`: signals every due run each second; run one or more of it."""

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from apps.coordination.services import sweeping
from apps.coordination.services.safety import UnsafeDatabase, refuse_unsafe_database

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Signal due runs and tick the periodic clockwork, every second."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep until told to stop. An outage of PostgreSQL is waited out."""
        try:
            refuse_unsafe_database()
        except UnsafeDatabase as error:
            raise CommandError(str(error)) from error
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        log.info("The coordinator sweeps every second.")
        while not stop.is_set():
            self.turn()
            stop.wait(settings.COORDINATOR_PAUSE)

    def turn(self) -> None:
        """One sweep; a lost database connection is dropped and tried anew."""
        try:
            sweeping.beat(kind="coordinator")
            sweeping.tick_clockwork(settings.CLOCKWORK)
            while sweeping.sweep() == sweeping.MOST_SIGNALS:
                pass
            sweeping.forget_old_beats()
        except DatabaseError as error:
            log.warning("The coordinator waits for PostgreSQL: %s", type(error).__name__)
            connection.close()
