"""A real scanner in a thread: it speaks clamd's INSTREAM, and knows one virus."""

import socket
import socketserver
import threading
from pathlib import Path
from typing import Self

# In two pieces, or scanners would take this file for the test virus itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Win.Test.EICAR_HDB-1"
HANG_UP = "hang up"
SILENT = "silent"
DRIP = "drip"


class Clamd:
    """Listens on a port, or at a path. ``says`` is its answer instead of what it found.

    ``HANG_UP`` closes the connection, ``SILENT`` reads and says nothing, ``DRIP`` says a byte at a
    time and never comes to an end. More than ``most`` bytes it refuses at once, as clamd does.
    """

    def __init__(self, says: str = "", *, most: int = 25 * 2**20, path: Path | None = None):
        self.says, self.most, self.path = says, most, path
        self.asked: list[bytes] = []
        self.closing = threading.Event()
        scanner = self

        class Desk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                scanner.serve(self)

        kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
        self.server = kind(str(path) if path else ("127.0.0.1", 0), Desk)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        if self.path:
            return f"unix://{self.path}"
        return f"tcp://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def serve(self, desk: socketserver.StreamRequestHandler) -> None:
        """Answer one command."""
        command = b""
        while not command.endswith(b"\0"):
            if not (byte := desk.rfile.read(1)):
                return
            command += byte
        answer = "PONG" if command == b"zPING\0" else self.verdict(desk)
        if self.says not in (HANG_UP, SILENT, DRIP):
            desk.wfile.write((self.says or answer).encode() + b"\0")
        elif self.says == SILENT:
            self.closing.wait(30)
        while self.says == DRIP and not self.closing.wait(0.05):
            try:
                desk.wfile.write(b"s")
            except OSError:
                return

    def verdict(self, desk: socketserver.StreamRequestHandler) -> str:
        """Read a stream to its end, or to where it is too much."""
        data = b""
        while length := int.from_bytes(desk.rfile.read(4), "big"):
            if len(data) + length > self.most:
                desk.request.shutdown(socket.SHUT_RD)
                return "INSTREAM size limit exceeded. ERROR"
            data += desk.rfile.read(length)
        self.asked.append(data)
        return f"stream: {NAME} FOUND" if EICAR in data else "stream: OK"
