"""Wake-ups: best effort, never a promise. What is lost here costs time, never work."""

import logging
import time
from collections.abc import Callable
from functools import cache

import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

ADVANCE = "coordination.advance"
LIVE_CHANNEL = "supportcoord:live"
PAUSE_AFTER_FAILURE = 5.0

BROKER_ERRORS = (OperationalError, redis.RedisError, OSError)
quiet_until = 0.0


def hint(run_id: int) -> bool:
    """Tell a worker that a run may go on. False when the broker could not be told."""
    return sent(lambda: current_app.send_task(ADVANCE, args=[run_id], retry=False))


def tick(task: str) -> bool:
    """Start one piece of the periodic clockwork on a worker."""
    return sent(lambda: current_app.send_task(task, retry=False))


def announce(stream: str) -> bool:
    """Tell open pages that something happened in a stream: its name only."""
    return sent(lambda: valkey().publish(LIVE_CHANNEL, stream))


def backlog() -> int:
    """How many wake-ups lie in the broker; 0 when it cannot be asked."""
    try:
        return int(valkey().llen("celery"))
    except BROKER_ERRORS:
        return 0


def sent(send: Callable[[], object]) -> bool:
    """Try once; after a failure stay quiet for seconds, so that nobody waits on a dead broker."""
    global quiet_until
    if not settings.COORDINATION_HINTS or time.monotonic() < quiet_until:
        return False
    try:
        send()
    except BROKER_ERRORS as error:
        quiet_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("The broker took no wake-up: %s", type(error).__name__)
        return False
    return True


@cache
def valkey() -> redis.Redis:
    """The connection pool of this process to Valkey."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, health_check_interval=5
    )
