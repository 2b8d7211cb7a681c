"""`manage.py collect_mail`: reads every mailbox; run one or more of it."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from apps.channels.management.collector import LOOK, Collector
from apps.coordination.services.sweeping import beat

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Collect the mail of every mailbox that is switched on, as it arrives."

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect until told to stop. An outage of PostgreSQL is waited out."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        collector = Collector(clock=timezone.now)
        while not stop.is_set():
            try:
                beat(kind="collector")
                collector.look()
            except DatabaseError as error:
                log.warning("The collector waits for PostgreSQL: %s", type(error).__name__)
                connection.close()
            stop.wait(LOOK)
        collector.end(seconds=5)
