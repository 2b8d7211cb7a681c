"""Asking other systems over HTTP: bounded in time and size, with one sentence for each failure."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

import httpx2

from apps.core.errors import OutcomeUnknown, Refused, Unavailable
from apps.core.paths import clean
from apps.core.secrets import Secret
from apps.core.transport import GuardedTransport

LARGEST_ANSWER = 1_000_000
NOT_YET = {425, 429}
BROKEN = {408, 500, 502, 503, 504}
BEING_DONE = 409
HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")


class SystemDown(Unavailable):
    """Nothing was done; it may work later."""

    message = "{system} is not available: {cause}"


class SystemRefuses(Refused):
    """The other side said no, and will say it again."""

    answered = True
    message = "{system} refuses: {cause}"


class CannotAsk(Refused):
    """Its address or our headers are such that nothing can be sent at all."""

    message = "{system} cannot be asked with this address and these headers."


class AnswerUnreadable(Refused):
    """The other side answered what the mapping cannot read."""

    answered = True
    message = "{system} gave an answer that cannot be used: {cause}"


def is_header(text: object) -> bool:
    """Tell whether a text can name a header."""
    return isinstance(text, str) and bool(HEADER.fullmatch(text))


@dataclass(frozen=True, kw_only=True)
class System:
    """Another system: what people call it, where it is, and how it knows us."""

    name: str
    base_url: str
    token: Secret = field(default_factory=Secret)
    auth_header: str = "Authorization"
    auth_prefix: str = "Bearer "

    def read(self, path: str, *, seconds: float) -> Any:
        """GET JSON; None when there is nothing (404, 410).

        Raises SystemDown, SystemRefuses, AnswerUnreadable or CannotAsk.
        """
        return self.exchange("GET", path, {}, None, seconds, self.down)

    def write(self, path: str, body: Any, *, key: str, seconds: float) -> Any:
        """POST JSON under an idempotency key; None when the address knows nothing (404, 410).

        Raises SystemDown when surely nothing was done, OutcomeUnknown when that is not known,
        SystemRefuses when the answer was no, CannotAsk when nothing can be sent.
        """
        sent = {"Idempotency-Key": key}
        return self.exchange("POST", path, sent, body, seconds, self.unknown)

    def exchange(
        self,
        method: str,
        path: str,
        sent: Mapping[str, str],
        body: Any,
        seconds: float,
        broken: Callable[[str], NoReturn],
    ) -> Any:
        """Ask once; ``broken`` raises what a failure after sending means."""
        headers = self.headers() | dict(sent)
        url = self.base_url.rstrip("/") + path
        transport = GuardedTransport(seconds)
        try:
            with (
                httpx2.Client(transport=transport, timeout=seconds, trust_env=False) as client,
                client.stream(method, url, headers=headers, json=body) as response,
            ):
                data = capped(response)
                return self.answer(response, data, broken)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            self.down(f"it cannot be reached ({clean(str(error))[:120] or 'no answer'}).")
        except httpx2.TimeoutException:
            broken(f"it did not answer within {seconds:.0f} s.")
        except (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.InvalidURL):
            raise CannotAsk(system=self.name) from None
        except httpx2.TransportError:
            broken("the connection broke off.")

    def headers(self) -> dict[str, str]:
        """What every request carries; the token is opened here and nowhere else."""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "supportcoord",
        }
        if self.token:
            headers[self.auth_header] = f"{self.auth_prefix}{self.token.reveal()}"
        return headers

    def answer(
        self, response: httpx2.Response, data: bytes | None, broken: Callable[[str], NoReturn]
    ) -> Any:
        """The JSON of a good answer, or the sentence for a bad one."""
        status = response.status_code
        if status in (404, 410):
            return None
        if status in NOT_YET:
            self.down(f"it answered {status}.")
        if status in BROKEN or (status == BEING_DONE and response.request.method != "GET"):
            broken(f"it answered {status}.")
        if response.is_redirect:
            where = clean(response.headers.get("Location", ""))[:200]
            cause = f"it redirects to {where or 'nowhere'}; write the final address instead."
            raise SystemRefuses(system=self.name, cause=cause)
        if not response.is_success:
            cause = f"it answered {status}. {self.words(data)}".strip()
            raise SystemRefuses(system=self.name, cause=cause)
        if data is None:
            return self.unusable(response, f"more than {LARGEST_ANSWER:,} plain bytes", broken)
        return self.parsed(response, data, broken)

    def parsed(
        self, response: httpx2.Response, data: bytes, broken: Callable[[str], NoReturn]
    ) -> Any:
        """The answer as values; numbers with a point are exact."""
        if not data.strip():
            return {}
        try:
            return json.loads(data, parse_float=Decimal, parse_constant=refuse_constant)
        except (ValueError, RecursionError):
            kind = clean(response.headers.get("Content-Type", "no type"))[:60]
            return self.unusable(response, f"no JSON ({kind})", broken)

    def unusable(
        self, response: httpx2.Response, what: str, broken: Callable[[str], NoReturn]
    ) -> NoReturn:
        """A good status with a body nobody can use: a write was done for all we know.

        What does not even claim to be JSON is some gateway's page, and passes.
        """
        claimed = "json" in response.headers.get("Content-Type", "")
        if claimed and response.request.method == "GET":
            raise AnswerUnreadable(system=self.name, cause=f"{what}.")
        broken(f"it answered {response.status_code} with {what}.")

    def words(self, data: bytes | None) -> str:
        """The first words of a refusal, without our token should it be repeated there."""
        text = clean((data or b"").decode("utf-8", "replace"))
        if self.token:
            text = text.replace(self.token.reveal(), str(self.token))
        return " ".join(text.split())[:200]

    def down(self, cause: str) -> NoReturn:
        """Raise: surely nothing was done."""
        raise SystemDown(system=self.name, cause=cause) from None

    def unknown(self, cause: str) -> NoReturn:
        """Raise: perhaps it was done."""
        raise OutcomeUnknown(destination=self.name, cause=cause) from None


def capped(response: httpx2.Response) -> bytes | None:
    """The body as sent, or None as soon as it is too large or packed."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return None
    body = b""
    for chunk in response.iter_raw(65_536):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            return None
    return body


def refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)
