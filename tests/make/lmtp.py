"""The desk's own LMTP door in a thread: `with lmtp_door() as port: …`."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path

from apps.channels.adapters.lmtp import Desk, LmtpServer
from apps.channels.management.commands.lmtp import desk


class Door:
    """A running door, and the way to close it."""

    def __init__(self, asked: Desk | None = None, socket: Path | None = None) -> None:
        self.server = LmtpServer(asked or desk(), socket=socket)
        self.opened, self.is_told = threading.Event(), False
        self.thread = threading.Thread(target=asyncio.run, args=(self.run(),), daemon=True)

    async def run(self) -> None:
        self.loop, self.stop = asyncio.get_running_loop(), asyncio.Event()
        await self.server.run(self.stop, self.opened.set)

    def close(self) -> None:
        """Tell it to stop, as a signal does, and see that it heard; a door closes once."""
        if not self.is_told:
            self.is_told = True
            with suppress(CancelledError):
                asyncio.run_coroutine_threadsafe(self.told(), self.loop).result(10)

    async def told(self) -> None:
        self.stop.set()
        for _ in range(3):
            await asyncio.sleep(0)

    def client(self) -> smtplib.LMTP:
        """A mail server's end of a conversation."""
        if self.server.socket:
            return smtplib.LMTP(str(self.server.socket))
        return smtplib.LMTP("127.0.0.1", self.server.port, timeout=20)


@contextmanager
def lmtp_door(asked: Desk | None = None, socket: Path | None = None) -> Iterator[Door]:
    """Open a door, and close it again."""
    door = Door(asked, socket)
    door.thread.start()
    assert door.opened.wait(10)
    try:
        yield door
    finally:
        door.close()
        door.thread.join(30)
        assert not door.thread.is_alive()
