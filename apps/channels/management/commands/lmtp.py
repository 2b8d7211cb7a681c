"""`manage.py lmtp`: a mail server hands its mail over here, recipient by recipient."""

import asyncio
import logging
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from apps.channels.adapters.lmtp import Desk, LmtpServer
from apps.channels.services.delivering import deliver_mail, inbox_named
from apps.channels.services.receiving import InboxUnknown, MailTooLarge
from apps.channels.states import Source
from apps.coordination.services.sweeping import beat

log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
UNKNOWN = "550 5.1.1 There is no such inbox here."
TOO_LARGE = "552 5.3.4 The mail is larger than this inbox takes."
STORED = "250 2.0.0 Stored as mail {number}."


class Command(BaseCommand):
    help = "Take mail in by LMTP until told to stop; a yes comes after a mail is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to listen: mail servers of this network only, for LMTP knows no keys."""
        here = settings.LMTP_LISTEN
        parser.add_argument("--host", default=(here and here.host) or "127.0.0.1")
        parser.add_argument("--port", type=int, default=(here and here.port) or 2424)
        parser.add_argument(
            "--socket",
            type=Path,
            default=here and here.socket,
            help="a socket in the file system instead",
        )

    def handle(
        self, *args: Any, host: str, port: int, socket: Path | None, **options: Any
    ) -> None:
        """Listen until SIGTERM or SIGINT; what was begun is finished."""
        server = LmtpServer(desk(), host=host, port=port, socket=socket)
        try:
            asyncio.run(listening(server))
        except OSError as error:
            where = socket or f"{host}:{port}"
            raise CommandError(f"Nobody can listen on {where}: {error.strerror}.") from error


async def listening(server: LmtpServer) -> None:
    """Run it in this process, which signals end."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    where = server.socket or server.host
    alive = asyncio.create_task(beating())
    await server.run(stop, lambda: log.info("LMTP listens on %s, port %s.", where, server.port))
    alive.cancel()


async def beating() -> None:
    """Show the doctor that somebody listens, whether or not mail comes."""
    while True:
        await asyncio.to_thread(beat_once)
        await asyncio.sleep(BEAT_SECONDS)


def beat_once() -> None:
    """One sign of life; while the database is away nobody could read it."""
    try:
        beat(kind="lmtp")
    except DatabaseError as error:
        log.warning("LMTP waits for PostgreSQL: %s", type(error).__name__)
    finally:
        connection.close()


def desk() -> Desk:
    """What the door asks."""
    return Desk(greet=greet, take=take)


def greet(recipient: str) -> str:
    """Whether mail for this recipient is taken."""
    with kept_connection():
        try:
            inbox_named(recipient=recipient)
        except InboxUnknown:
            return UNKNOWN
    return "250 2.1.5 Go on."


def take(raw: bytes, recipient: str) -> str:
    """Store a mail for one recipient, and say in the words of mail servers how that went."""
    with kept_connection():
        try:
            mail = deliver_mail(
                raw=raw, recipient=recipient, source=Source.LMTP, at=timezone.now()
            )
        except InboxUnknown:
            return UNKNOWN
        except MailTooLarge:
            return TOO_LARGE
    return STORED.format(number=mail.pk)


@contextmanager
def kept_connection() -> Iterator[None]:
    """Keep this thread's connection as a web process does: a broken or old one is not used."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
