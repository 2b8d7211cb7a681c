"""The live stream: who may listen, what is heard, and that nobody is waited for."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from apps.coordination import hints
from apps.desk import stream
from tests.make.tickets import person

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """One client of the stream, without a network."""

    def __init__(self, *, cookie: str = "", origin: str = "", path: str = "/stream/") -> None:
        headers = [(b"cookie", cookie.encode()), (b"origin", origin.encode())]
        self.scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        self.gone = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    async def receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {key.decode(): value.decode() for key, value in message["headers"]}
        elif message["body"]:
            await self.heard.put(message["body"].decode())

    async def next(self) -> str:
        return await asyncio.wait_for(self.heard.get(), 5)

    async def next_fact(self) -> str:
        """The next thing told, after the greetings."""
        while True:
            said = await self.next()
            if said.startswith("data:") and '"*"' not in said:
                return said

    async def run(self) -> None:
        await stream.application(self.scope, self.receive, self.send)


def signed_in(role: str = "agent") -> str:
    """The cookie of somebody's session."""
    client = Client()
    client.force_login(person(role=role))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def status_of(**fields: str) -> int:
    async def ask() -> int:
        listener = Listener(**fields)
        listener.gone.set()
        await listener.run()
        return listener.status

    return asyncio.run(ask())


def listening(what: Callable[[Listener], Awaitable[None]]) -> None:
    """Do something while somebody listens."""
    cookie = signed_in()

    async def scene() -> None:
        listener = Listener(cookie=cookie, origin=settings.SITE_URL)
        running = asyncio.create_task(listener.run())
        assert await listener.next() == "retry: 5000\n\n"
        while await listener.next() != 'data: {"ticket": "*"}\n\n':
            pass
        await what(listener)
        listener.gone.set()
        await asyncio.wait_for(running, 5)

    asyncio.run(scene())


def test_only_people_of_the_desk_may_listen():
    assert status_of() == 403
    assert status_of(cookie="sessionid=forged") == 403
    assert status_of(cookie="sessionid") == 403
    assert status_of(cookie=signed_in("service")) == 403
    assert status_of(cookie=signed_in("agent")) == 200


def test_only_the_desks_own_pages_may_listen():
    cookie = signed_in()

    assert status_of(cookie=cookie, origin="https://evil.example") == 403
    assert status_of(cookie=cookie, origin="null") == 403
    assert status_of(cookie=cookie, origin=settings.SITE_URL) == 200


def test_nothing_else_is_served():
    assert status_of(path="/") == 404
    assert status_of(path="/admin/") == 404


def test_a_change_of_a_ticket_is_heard_as_its_number():
    async def scene(listener: Listener) -> None:
        assert listener.headers["content-type"] == "text/event-stream"
        assert listener.headers["access-control-allow-origin"] == settings.SITE_URL
        assert listener.headers["access-control-allow-credentials"] == "true"
        for announced in ("mail:7", "ticket:x", "ticket:42"):
            await sync_to_async(hints.announce)(announced)
        assert await listener.next_fact() == 'data: {"ticket": 42}\n\n'

    listening(scene)


def test_a_slow_listener_is_told_to_look_at_everything_and_holds_nobody_up():
    async def scene() -> None:
        board = stream.Switchboard()
        queue: asyncio.Queue[str] = asyncio.Queue(stream.MOST_WAITING)
        board.clients.add(queue)
        for number in range(stream.MOST_WAITING + 1):
            board.tell(str(number))
        assert (queue.qsize(), queue.get_nowait()) == (1, "*")

    asyncio.run(scene())


def test_there_are_only_so_many_places(monkeypatch):
    monkeypatch.setattr(stream, "MOST_CLIENTS", 0)

    assert status_of(cookie=signed_in()) == 503


def test_silence_is_told_too(monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)

    async def scene(listener: Listener) -> None:
        assert await listener.next() == ": still here\n\n"

    listening(scene)


def test_a_listener_must_ask_anew_after_a_while(monkeypatch):
    monkeypatch.setattr(stream, "LONGEST", 0.05)
    cookie = signed_in()

    async def scene() -> None:
        await asyncio.wait_for(Listener(cookie=cookie).run(), 5)

    asyncio.run(scene())
