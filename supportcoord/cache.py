"""The shared cache; while its server is away everything is a miss, and nobody sees an error."""

import logging
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)

PAUSE_AFTER_FAILURE = 5.0


class ForgivingCache(RedisCache):
    """Holds only what may be lost, such as counts of tries.

    After one failure the server is left alone for seconds, so that a request that asks ten
    times does not wait ten times.
    """

    alone_until = 0.0

    def ask(self, question: Callable[..., Any], *words: Any, otherwise: Any, **named: Any) -> Any:
        """Ask the server; what stands in for its answer while it is away is `otherwise`."""
        if time.monotonic() >= self.alone_until:
            try:
                return question(*words, **named)
            except (redis.RedisError, OSError) as error:
                self.alone_until = time.monotonic() + PAUSE_AFTER_FAILURE
                log.warning("The cache is away: %s", type(error).__name__)
        return otherwise

    def add(self, *words: Any, **named: Any) -> bool:
        """Keep a value unless there is one; who takes a lock this way gets it."""
        return bool(self.ask(super().add, *words, otherwise=True, **named))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Find a value, or the default."""
        return self.ask(super().get, key, default, version, otherwise=default)

    def set(self, *words: Any, **named: Any) -> None:
        """Keep a value, if that can be done."""
        self.ask(super().set, *words, otherwise=None, **named)

    def touch(self, *words: Any, **named: Any) -> bool:
        """Keep a value for longer; tells whether it was there."""
        return bool(self.ask(super().touch, *words, otherwise=False, **named))

    def delete(self, *words: Any, **named: Any) -> bool:
        """Forget a value; tells whether it was there."""
        return bool(self.ask(super().delete, *words, otherwise=False, **named))

    def get_many(self, *words: Any, **named: Any) -> dict[Any, Any]:
        """Find those values that are there."""
        found: dict[Any, Any] = self.ask(super().get_many, *words, otherwise={}, **named)
        return found

    def has_key(self, *words: Any, **named: Any) -> bool:
        """Whether there is a value."""
        return bool(self.ask(super().has_key, *words, otherwise=False, **named))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a counter. Raises ValueError when it is not there, or cannot be seen."""
        count = self.ask(super().incr, key, delta, version, otherwise=None)
        if count is None:
            raise ValueError("The cache is away.")
        return int(count)

    def set_many(self, *words: Any, **named: Any) -> list[Any]:
        """Keep values, if that can be done."""
        self.ask(super().set_many, *words, otherwise=None, **named)
        return []

    def delete_many(self, *words: Any, **named: Any) -> None:
        """Forget values."""
        self.ask(super().delete_many, *words, otherwise=None, **named)

    def clear(self) -> None:
        """Forget everything."""
        self.ask(super().clear, otherwise=None)
