"""A real mail server (aiosmtpd) in a thread that answers as it is told, or does worse.

    with MailServer({"END": "451 later"}) as server:   # server.port is where it listens

``script`` says what to answer at MAIL, RCPT, DATA (before the content) and END (after it);
``HANG_UP`` drops the line there, ``STALL`` says nothing more. ``refused`` is an answer for one
recipient. What it took for good, or had when it fell silent, is in ``taken``.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.smtp import SMTP

HANG_UP = "hang up"
STALL = "stall"
KILL = "kill -9 the client"


class Told(SMTP):
    """Asks its script before the content as well, where aiosmtpd has no hook."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if said := self.event_handler.script.get("DATA"):
            await self.push(await self.event_handler.say(self, said))
        else:
            await super().smtp_DATA(arg)


class MailServer:
    """Its thread, its port, and what it has."""

    def __init__(
        self, script: Mapping[str, str] | None = None, *, refused: Mapping[str, str] | None = None
    ) -> None:
        self.script, self.refused = dict(script or {}), dict(refused or {})
        self.taken: list[tuple[list[str], bytes]] = []
        self.opened, self.known, self.victim = threading.Event(), threading.Event(), 0
        self.thread = threading.Thread(target=asyncio.run, args=(self.run(),), daemon=True)

    @property
    def letters(self) -> list[EmailMessage]:
        """What it has, read."""
        return [message_from_bytes(raw, policy=policy.default) for _, raw in self.taken]

    def kill(self, pid: int) -> None:
        """Let this process die once the server has its mail, and before it hears so."""
        self.victim = pid
        self.known.set()

    async def run(self) -> None:
        self.loop, self.closing = asyncio.get_running_loop(), asyncio.Event()
        make = lambda: Told(self, hostname="server", timeout=60)
        server = await self.loop.create_server(make, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.opened.set()
        async with server:
            await self.closing.wait()

    def __enter__(self) -> Self:
        self.thread.start()
        assert self.opened.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self.loop.call_soon_threadsafe(self.closing.set)
        self.thread.join(10)

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return await self.say(server, self.script.get("MAIL", "250 yes"))

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        said = self.refused.get(address) or self.script.get("RCPT", "250 yes")
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return await self.say(server, said)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        said = self.script.get("END", "250 taken")
        if said.startswith("2") or said in (HANG_UP, STALL, KILL):
            self.taken.append((envelope.rcpt_tos, envelope.content))
        return await self.say(server, said)

    async def say(self, server: Any, said: str) -> str:
        """This, or the worse that it stands for."""
        if said == STALL:
            await self.closing.wait()
        if said == KILL:
            assert await asyncio.to_thread(self.known.wait, 30)
            os.kill(self.victim, signal.SIGKILL)
        if said in (HANG_UP, STALL, KILL):
            server.transport.abort()
            return "421 gone"
        return said
