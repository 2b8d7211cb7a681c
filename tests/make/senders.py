"""Providers that send mail over HTTP: a real server that answers as their documentation shows."""

import base64
import json
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

HANG_UP = "hang up"
DRIP_HEADERS = "drip headers"
DRIP_BODY = "drip body"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A mail as a provider was asked to send it."""

    path: str
    key: str
    to: list[str]
    subject: str
    text: str
    message_id: str


class Sender:
    """Answers each request with a status and body, or does what ``way`` says instead of that."""

    def __init__(
        self, code: int = 200, body: Any = None, *, way: str = "", tls: Path | None = None
    ) -> None:
        self.code, self.body, self.way = code, body, way
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.closing = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.scheme, self.host = "http", "127.0.0.1"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme, self.host = "https", "localhost"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def handler(sender: Sender) -> type[BaseHTTPRequestHandler]:
    """What happens to one request."""

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            sender.requests.append((self.path, dict(self.headers), data))
            if sender.way == HANG_UP:
                return
            with suppress(OSError):
                if sender.way == DRIP_HEADERS:
                    self.wfile.write(b"HTTP/1.1 ")
                else:
                    self.answer(b"" if sender.body is None else json.dumps(sender.body).encode())
                while sender.way and not sender.closing.wait(0.05):
                    self.wfile.write(b" ")

        def answer(self, said: bytes) -> None:
            self.send_response(sender.code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if sender.way != DRIP_BODY:
                self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Desk


def of_postmark(request: tuple[str, dict[str, str], bytes]) -> Asked:
    path, headers, data = request
    body = json.loads(data)
    named = {one["Name"]: one["Value"] for one in body["Headers"]}
    assert named["X-PM-KeepID"] == "true"
    return Asked(
        path=path,
        key=headers["X-Postmark-Server-Token"],
        to=[address.strip() for address in body["To"].split(",")],
        subject=body["Subject"],
        text=body["TextBody"],
        message_id=named["Message-ID"],
    )


def of_mailgun(request: tuple[str, dict[str, str], bytes]) -> Asked:
    path, headers, data = request
    kind = headers["Content-Type"]
    whole = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + data)
    if whole.is_multipart():
        parts = [part for part in whole.walk() if not part.is_multipart()]
        form = {named(part): part.get_payload(decode=True).decode() for part in parts}
    else:
        form = dict(parse_qsl(data.decode()))
    _, _, login = headers["Authorization"].partition(" ")
    return Asked(
        path=path,
        key=base64.b64decode(login).decode(),
        to=[form["to"]],
        subject=form["subject"],
        text=form["text"],
        message_id=form["h:Message-Id"],
    )


def named(part: Message) -> str:
    """A field of a form."""
    return str(part.get_param("name", header="Content-Disposition"))


def of_sendgrid(request: tuple[str, dict[str, str], bytes]) -> Asked:
    path, headers, data = request
    body = json.loads(data)
    (person,) = body["personalizations"]
    return Asked(
        path=path,
        key=headers["Authorization"],
        to=[one["email"] for one in person["to"]],
        subject=body["subject"],
        text=next(part["value"] for part in body["content"] if part["type"] == "text/plain"),
        message_id=body["headers"]["Message-ID"],
    )


@dataclass(frozen=True, kw_only=True)
class Provider:
    """How a provider is set up, what its yes is, and how its requests are read."""

    settings: dict[str, str]
    url: str
    path: str
    key: str
    code: int
    yes: Any
    read: Callable[[tuple[str, dict[str, str], bytes]], Asked]


PROVIDERS = {
    "postmark": Provider(
        settings={"POSTMARK_SERVER_TOKEN": "t0ken"},
        url="POSTMARK_API_URL",
        path="/email",
        key="t0ken",
        code=200,
        yes={"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "SubmittedAt": "2026-11"},
        read=of_postmark,
    ),
    "mailgun": Provider(
        settings={"MAILGUN_API_KEY": "t0ken", "MAILGUN_SENDER_DOMAIN": "mg.desk.example"},
        url="MAILGUN_API_URL",
        path="/mg.desk.example/messages",
        key="api:t0ken",
        code=200,
        yes={"id": "<2026.1.B7@mg.desk.example>", "message": "Queued. Thank you."},
        read=of_mailgun,
    ),
    "sendgrid": Provider(
        settings={"SENDGRID_API_KEY": "t0ken"},
        url="SENDGRID_API_URL",
        path="/mail/send",
        key="Bearer t0ken",
        code=202,
        yes=None,
        read=of_sendgrid,
    ),
}
