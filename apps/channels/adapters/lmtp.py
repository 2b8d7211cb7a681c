"""Mail servers hand mail over by LMTP (RFC 2033): after the content, an answer per recipient."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from apps.channels.types import MOST_BYTES

log = logging.getLogger(__name__)
# The library would write down every address it hears.
logging.getLogger("mail.log").setLevel(logging.ERROR)

AT_ONCE = 4
"""Mails that are taken at the same time; whoever comes then waits for the word to begin."""
DRAIN_SECONDS = 20.0
SILENCE_SECONDS = 300.0
NOT_NOW = "451 4.3.0 The desk cannot take mail at the moment; try again later."


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What is asked about a recipient, and what takes a mail for one: each returns its answer."""

    greet: Callable[[str], str]
    take: Callable[[bytes, str], str]


class Handler:
    """Asks the desk in threads of its own, so that one slow mail holds up no other."""

    def __init__(self, desk: Desk, threads: ThreadPoolExecutor) -> None:
        self.desk, self.threads = desk, threads

    async def handle_RCPT(  # noqa: N802
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Say at once that a recipient is unknown, before anything is sent for it."""
        answer = await self.ask(self.desk.greet, address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store the mail once for each recipient; a yes comes after its commit."""
        raw = bytes(envelope.original_content or b"")
        answers = [await self.ask(self.desk.take, raw, to) for to in envelope.rcpt_tos]
        return "\r\n".join(answers)

    async def handle_exception(self, error: Exception) -> str:
        """Keep what went wrong to ourselves: the mail stays where it is."""
        log.error("LMTP: %s", type(error).__name__)
        return NOT_NOW

    async def ask(self, question: Callable[..., str], *facts: object) -> str:
        """Whatever is wrong here is no reason to send a mail back."""
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.threads, question, *facts)
        except Exception as error:  # noqa: BLE001
            log.error("LMTP: %s", type(error).__name__)  # noqa: TRY400
            return NOT_NOW


class Conversation(LMTP):
    """One mail server at the door. Only so many send their content at the same time."""

    line_length_limit = MOST_BYTES  # a mail is taken as it is, however long its lines are

    def __init__(self, handler: Handler, room: asyncio.Semaphore) -> None:
        super().__init__(
            handler,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname="supportcoord",
            ident="supportcoord",
            timeout=SILENCE_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self.room = room
        self.owed = 0

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Wait for room, then take the content."""
        async with self.room:
            try:
                await super().smtp_DATA(arg)
            finally:
                self.owed = 0

    async def push(self, status: str | bytes) -> None:
        """Answer for each recipient also where the library refuses the content with one line."""
        answer = status.decode() if isinstance(status, bytes) else status
        if answer.startswith("354") and self.envelope is not None:
            self.owed = len(self.envelope.rcpt_tos)
        elif self.owed:
            lines = answer.split("\r\n")
            answer = "\r\n".join(lines if len(lines) == self.owed else lines[:1] * self.owed)
            self.owed = 0
        await super().push(answer)


class LmtpServer:
    """Listens on a port, or on a socket in the file system, until it is told to stop."""

    def __init__(
        self, desk: Desk, *, host: str = "127.0.0.1", port: int = 0, socket: Path | None = None
    ) -> None:
        self.desk, self.host, self.port, self.socket = desk, host, port, socket

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Take mail; once told to stop, finish what was begun and take nothing new."""
        room = asyncio.Semaphore(AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="lmtp") as threads:
            server = await self.listen(lambda: Conversation(Handler(self.desk, threads), room))
            ready()
            await stop.wait()
            server.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    for _ in range(AT_ONCE):
                        await room.acquire()
            if self.socket:
                self.socket.unlink(missing_ok=True)

    async def listen(self, conversation: Callable[[], Conversation]) -> asyncio.Server:
        """Open the door. A socket that an earlier process left behind is replaced."""
        loop = asyncio.get_running_loop()
        if self.socket:
            self.socket.unlink(missing_ok=True)
            server = await loop.create_unix_server(conversation, str(self.socket))
            self.socket.chmod(0o660)
            return server
        server = await loop.create_server(conversation, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server
