"""Asking clamd whether a file has a virus, by its command INSTREAM."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from select import POLLIN, poll
from typing import IO
from urllib.parse import unquote, urlsplit

from apps.channels.adapters.deadline import Deadline
from apps.channels.types import Scanned
from apps.core.errors import Unavailable
from apps.core.text import one_line

CHUNK = 64 * 1024
LONGEST_ANSWER = 4_096
TOO_LARGE = "It is larger than the virus scanner takes."


class ScannerAway(Unavailable):
    """Nothing is known of the file; later it may be."""

    message = "The virus scanner does not answer: {cause}"


def scan(url: str, content: IO[bytes], *, seconds: float) -> Scanned:
    """What clamd says of a file; it ends in ``seconds``. Raises ScannerAway."""
    with conversation(url, seconds) as line:
        return understood(answer_to_stream(line, content))


def ping(url: str, *, seconds: float) -> None:
    """Raise ScannerAway unless clamd is there."""
    with conversation(url, seconds) as line:
        line.sendall(b"zPING\0")
        if (said := answer(line)) != "PONG":
            raise ScannerAway(cause=f"it says “{one_line(said, 100)}”.")


@contextmanager
def conversation(url: str, seconds: float) -> Iterator[socket.socket]:
    """A connection to clamd, cut when the time is over. Whatever fails there is ScannerAway."""
    with Deadline(seconds) as deadline:
        try:
            with connected(url, seconds) as line:
                deadline.watch(line)
                yield line
        except OSError as error:
            slow = f"it did not answer within {seconds:.0f} s."
            is_late = deadline.passed or isinstance(error, TimeoutError)
            cause = slow if is_late else f"{one_line(str(error), 200)}."
            raise ScannerAway(cause=cause) from error


def connected(url: str, seconds: float) -> socket.socket:
    """A connection to where clamd listens. Raises OSError."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return socket.create_connection((parts.hostname or "", parts.port or 3310), seconds)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(seconds)
    try:
        line.connect(unquote(parts.path))
    except OSError:
        line.close()
        raise
    return line


def answer_to_stream(line: socket.socket, content: IO[bytes]) -> str:
    """Send a file piece by piece; clamd hangs up in the middle of one that is too large for it."""
    heard = poll()
    heard.register(line, POLLIN)
    with suppress(BrokenPipeError, ConnectionResetError):
        line.sendall(b"zINSTREAM\0")
        for chunk in iter(partial(content.read, CHUNK), b""):
            if heard.poll(0):
                break
            line.sendall(len(chunk).to_bytes(4, "big") + chunk)
        else:
            line.sendall(bytes(4))
    return answer(line)


def answer(line: socket.socket) -> str:
    """What clamd says, whole. Raises OSError."""
    said = b""
    while not said.endswith(b"\0"):
        more = line.recv(CHUNK)
        said += more
        if not more or len(said) > LONGEST_ANSWER:
            raise ConnectionError("it hung up without an answer" if not more else "it raves")
    return said.rstrip(b"\0").decode("utf-8", "replace")


def understood(said: str) -> Scanned:
    """What an answer means. Raises ScannerAway for one that says nothing of the file."""
    if said == "stream: OK":
        return Scanned(verdict="clean")
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        name = said.removeprefix("stream: ").removesuffix(" FOUND")
        return Scanned(verdict="infected", note=one_line(name, 200) or "unnamed")
    if said.endswith("ERROR") and "size limit exceeded" in said:
        return Scanned(verdict="unreadable", note=TOO_LARGE)
    raise ScannerAway(cause=f"it says “{one_line(said, 100)}”.")
