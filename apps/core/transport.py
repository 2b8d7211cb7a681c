"""The guarded way out: only to permitted addresses, and never longer than agreed."""

import ssl
from collections.abc import Iterable
from functools import cache
from time import monotonic
from typing import Any

import httpcore2
import httpx2

from apps.core.urls import addresses_of


@cache
def tls() -> ssl.SSLContext:
    """The one TLS context of this process; making one is slow."""
    return httpx2.create_ssl_context()


class GuardedTransport(httpx2.HTTPTransport):
    """A transport for one exchange: whatever the other side does, it ends in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls(), network_backend=GuardedBackend(monotonic() + seconds)
        )


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to addresses it has checked itself, so that DNS cannot change its mind."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try each permitted address of the host in turn."""
        problem: Exception = httpcore2.ConnectError("no address")
        for address in addresses_of(host, port):
            try:
                left = time_left(self.deadline, httpcore2.ConnectTimeout)
                stream = self.plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return TimedStream(stream, self.deadline)
        raise problem


class TimedStream(httpcore2.NetworkStream):
    """A connection whose every read and write shares one deadline, however slowly it drips."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there before the deadline."""
        return self.stream.read(max_bytes, time_left(self.deadline, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write before the deadline."""
        self.stream.write(buffer, time_left(self.deadline, httpcore2.WriteTimeout))

    def close(self) -> None:
        """Hang up."""
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Shake hands before the deadline, with the name that was asked for."""
        left = time_left(self.deadline, httpcore2.ConnectTimeout)
        secured = self.stream.start_tls(ssl_context, server_hostname, left)
        return TimedStream(secured, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the connection tells of itself."""
        return self.stream.get_extra_info(info)


def time_left(deadline: float, over: type[Exception]) -> float:
    """Seconds until the deadline; raises ``over`` when there are none."""
    left = deadline - monotonic()
    if left <= 0:
        raise over("the time is over")
    return left
