"""How many requests a caller may make a minute, counted in the shared cache."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.accounts.api.permissions import caller

if TYPE_CHECKING:
    from rest_framework.views import APIView

log = logging.getLogger(__name__)

WINDOW = 60
PAUSE_AFTER_FAILURE = 5.0
uncounted_until = 0.0


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What is left of a caller's minute."""

    limit: int
    used: int
    seconds_left: int

    def headers(self) -> dict[str, str]:
        """As the IETF's draft of ``RateLimit`` fields writes it."""
        left = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW}',
            "RateLimit": f'"default";r={left};t={self.seconds_left}',
        }


class CallerThrottle(BaseThrottle):
    """Counts each caller's requests by the minute; without a cache nobody is turned away."""

    allowance: Allowance | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count this request, and tell whether it is still within the limit."""
        now = time.time()
        used = count(f"requests:{caller(request)}:{int(now // WINDOW)}")
        if used is None:
            return True
        self.allowance = Allowance(
            limit=settings.API_REQUESTS_PER_MINUTE,
            used=used,
            seconds_left=WINDOW - int(now % WINDOW),
        )
        request._request.api_allowance = self.allowance  # type: ignore[attr-defined]
        return used <= self.allowance.limit

    def wait(self) -> float | None:
        """Seconds until the next minute of the caller begins."""
        return self.allowance.seconds_left if self.allowance else None


def count(name: str) -> int | None:
    """Add one to a counter. None while the cache is away; it is then left alone for seconds."""
    global uncounted_until
    if time.monotonic() < uncounted_until:
        return None
    try:
        cache.add(name, 0, timeout=2 * WINDOW)
        return cache.incr(name)
    except (redis.RedisError, OSError, ValueError) as error:
        uncounted_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("Requests are not counted: %s", type(error).__name__)
        return None


class RateLimitHeaders:
    """Middleware: every counted answer says what is left, and that it is for the caller alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers of the allowance."""
        response = self.get_response(request)
        allowance: Allowance | None = getattr(request, "api_allowance", None)
        if allowance:
            for name, value in allowance.headers().items():
                response.headers[name] = value
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
