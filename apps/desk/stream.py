"""The live stream: which tickets changed, told to every open desk. Ids only, and best effort."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest
from redis.exceptions import RedisError

from apps.coordination.hints import LIVE_CHANNEL

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_CLIENTS = 1000
MOST_WAITING = 100
HEARTBEAT = 15.0
LONGEST = 30 * 60.0
PAUSE = 2.0
EVERYTHING = "*"

log = logging.getLogger(__name__)


class Switchboard:
    """One subscription of this process, heard by all its clients."""

    def __init__(self) -> None:
        self.clients: set[asyncio.Queue[str]] = set()
        self.task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        return len(self.clients) >= MOST_CLIENTS

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[asyncio.Queue[str]]:
        """A client's own queue while it listens; the first client starts the subscription."""
        queue: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self.clients.add(queue)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.listen())
        try:
            yield queue
        finally:
            self.clients.discard(queue)

    async def listen(self) -> None:
        """Pass on what is announced while anybody listens; subscribe again after a loss."""
        while self.clients:
            try:
                await self.subscribe()
            except (RedisError, OSError) as error:
                log.warning("The live stream lost its subscription: %s", type(error).__name__)
                await asyncio.sleep(PAUSE)

    async def subscribe(self) -> None:
        """Hear one subscription out. What was missed before it is told as everything."""
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=10
        )
        async with client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(LIVE_CHANNEL)
            self.tell(EVERYTHING)
            while self.clients:
                message = await pubsub.get_message(timeout=PAUSE)
                if message and (ticket := ticket_in(message["data"])):
                    self.tell(ticket)

    def tell(self, ticket: str) -> None:
        """Put a ticket before every client. Who is too slow gets one word: everything."""
        for queue in self.clients:
            try:
                queue.put_nowait(ticket)
            except asyncio.QueueFull:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(EVERYTHING)


switchboard = Switchboard()


def ticket_in(announced: bytes) -> str:
    """The ticket number in a stream's name, such as ``ticket:42``; nothing for other streams."""
    kind, _, number = announced.decode(errors="replace").partition(":")
    return number if kind == "ticket" and number.isdecimal() else ""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve ``/stream/`` and nothing else."""
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    if scope["type"] != "http":
        return None
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    status = await refusal(scope, headers)
    if status:
        return await answer(send, status)
    return await stream(headers, receive, send)


async def refusal(scope: Scope, headers: dict[bytes, str]) -> int:
    """Why a request gets no stream, as a status; 0 for none."""
    if scope["path"] == "/healthz":
        return 200
    if scope["path"] != "/stream/":
        return 404
    if scope["method"] != "GET":
        return 405
    if not welcome(headers.get(b"origin", "")):
        return 403
    if switchboard.full:
        return 503
    try:
        return 0 if await may_listen(headers.get(b"cookie", "")) else 403
    except DatabaseError as error:
        log.warning("The live stream could not ask who listens: %s", type(error).__name__)
        return 503


def welcome(origin: str) -> bool:
    """Only the desk's own pages may listen; a request without an origin is not from a page."""
    return origin in ("", own_origin())


def own_origin() -> str:
    """Where the desk's pages come from."""
    site = urlsplit(settings.SITE_URL)
    return f"{site.scheme}://{site.netloc}"


@sync_to_async
def may_listen(cookies: str) -> bool:
    """Whether these cookies are a session of somebody who may use the desk."""
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return False
    if morsel is None:
        return False
    close_old_connections()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    try:
        return get_user(request).has_perm("accounts.use_desk")
    finally:
        close_old_connections()


async def stream(headers: dict[bytes, str], receive: Receive, send: Send) -> None:
    """Tell one client what changes, until it leaves, or long enough that it must ask anew."""
    async with switchboard.joined() as queue:
        await send(beginning(headers.get(b"origin", "")))
        await send(chunk("retry: 5000\n\n"))
        talking = asyncio.create_task(talk(queue, send))
        leaving = asyncio.create_task(left(receive))
        done, waiting = await asyncio.wait(
            {talking, leaving}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED
        )
        for task in waiting:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if leaving not in done:
            with suppress(OSError):
                await send({"type": "http.response.body", "body": b"", "more_body": False})


async def talk(queue: "asyncio.Queue[str]", send: Send) -> None:
    """Write what comes, and a comment when nothing does."""
    while True:
        try:
            ticket = await asyncio.wait_for(queue.get(), HEARTBEAT)
            fact = int(ticket) if ticket != EVERYTHING else ticket
            await send(chunk(f"data: {json.dumps({'ticket': fact})}\n\n"))
        except TimeoutError:
            await send(chunk(": still here\n\n"))


async def left(receive: Receive) -> None:
    """Wait until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def beginning(origin: str) -> dict[str, Any]:
    """The head of a stream; the desk's own origin may read it with its cookie."""
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"Origin, Cookie"),
    ]
    if origin:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
        ]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def chunk(text: str) -> dict[str, Any]:
    """One piece of a stream."""
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}


async def answer(send: Send, status: int) -> None:
    """Answer without a stream."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def lifespan(receive: Receive, send: Send) -> None:
    """Start and stop when the server says so."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
