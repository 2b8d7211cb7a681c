"""A caller of the REST interface."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.make.accounts import key


class Caller:
    """Asks as a program with a key, in JSON."""

    def __init__(self, *scopes: str, text: str | None = None) -> None:
        self.text = key(*scopes)[1] if text is None else text
        self.client = Client(raise_request_exception=True)

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> HttpResponse:
        """Ask for /api/v1/ and a path; header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.text and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.text}"
        body = b"" if data is None else data if isinstance(data, bytes) else json.dumps(data)
        return self.client.generic(
            method, f"/api/v1/{path}", body, content_type="application/json", headers=sent
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> HttpResponse:
        return self.ask("POST", path, {} if data is None else data, **headers)

    def patch(self, path: str, data: Any, **headers: str) -> HttpResponse:
        return self.ask("PATCH", path, data, **headers)
