"""A real OAuth 2 server in a thread: `with token_server() as tokens: …`."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl

USER = "help@desk.example"
CLIENT, SECRET, REFRESH = "desk-client", "the-client's-secret", "refresh-token-1"


@dataclass
class TokenServer:
    """Grants, renews and examines tokens; ``script`` holds answers that come before its own."""

    port: int = 0
    user: str = USER
    refresh: str = REFRESH
    rotates: bool = False
    lives: int = 3600
    codes: dict[str, str] = field(default_factory=dict)
    script: list[tuple[int, dict | str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict | str]:
        """What a request gets."""
        if path == "/introspect":
            known = form.get("token") in self.good
            return 200, {"active": known} | ({"email": self.user} if known else {})
        self.asked.append(form)
        if self.script:
            return self.script.pop(0)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        return self.grant(form)

    def grant(self, form: dict[str, str]) -> tuple[int, dict | str]:
        by_code = form["grant_type"] == "authorization_code"
        if by_code and not self.proven(form):
            return 400, {"error": "invalid_grant", "error_description": "Bad code."}
        if not by_code and form.get("refresh_token") != self.refresh:
            said = "Token has been expired or revoked."
            return 400, {"error": "invalid_grant", "error_description": said}
        access = f"access-token-{len(self.asked)}"
        self.good.add(access)
        granted = {"access_token": access, "expires_in": self.lives, "token_type": "Bearer"}
        if self.rotates or by_code:
            self.refresh = f"refresh-token-{len(self.asked) + 1}"
            granted["refresh_token"] = self.refresh
        return 200, granted

    def proven(self, form: dict[str, str]) -> bool:
        """Whether the code was given out, for the verifier that comes with it."""
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self.codes.pop(form.get("code", ""), None) == challenge

    def agree(self, query: str) -> str:
        """Somebody agrees to what a consent page asks; returns the code that is sent back."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = asked["code_challenge"]
        return code


@contextmanager
def token_server(**facts) -> Iterator[TokenServer]:
    """Run it on a port of its own for the length of a block."""
    tokens = TokenServer(**facts)

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, said = tokens.answer(self.path, dict(parse_qsl(body)))
            data = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        server.daemon_threads = True
        tokens.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield tokens
        finally:
            server.shutdown()
            thread.join()
