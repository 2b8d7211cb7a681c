"""A program that uses the running product over HTTP, as a CRM, a shop or a mail server would."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx2

from tests.make.stack import RunningStack

SCOPES = [
    "mail:write",
    "tickets:read",
    "tickets:write",
    "reviews:read",
    "reviews:write",
    "runs:read",
]


class Client:
    """Calls the REST interface of one stack with a key of its own."""

    def __init__(self, stack: RunningStack) -> None:
        key = stack.manage("issue_key", "test", *[f"--scope={scope}" for scope in SCOPES]).strip()
        self.http = httpx2.Client(
            base_url=f"{stack.url}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )

    def get(self, path: str, **query: Any) -> Any:
        """Read something; the answer must be good."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **data: Any) -> Any:
        """Do something; the answer must be good."""
        answer = self.http.post(path, json=data)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def mail(self, raw: bytes) -> dict[str, Any]:
        """Hand a raw mail in."""
        headers = {"Content-Type": "message/rfc822"}
        answer = self.http.post("/inbound/mail/", content=raw, headers=headers)
        assert answer.status_code == 201, answer.text
        outcome: dict[str, Any] = json.loads(answer.text)
        return outcome


def within(seconds: float, look: Callable[[], Any]) -> Any:
    """Look until something is to be seen, and return it; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, "It was not to be seen in time."
        time.sleep(0.1)
    return seen
