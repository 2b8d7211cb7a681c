"""The processes the product is made of: one table for `make run` and for the containers."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class Sizes(Protocol):
    """The settings that size and place the processes."""

    BASE_DIR: Path
    HOST: str
    PORT: int
    WEB_CONCURRENCY: int
    WORKER_CONCURRENCY: int
    LMTP_LISTEN: object | None


@dataclass(frozen=True, kw_only=True)
class Process:
    """One kind of process: how it is started, where it listens, what it sets for itself.

    One that is not ``wanted`` is left out, unless somebody starts it by its name.
    """

    name: str
    what: str
    words: Callable[[Sizes], list[str]]
    port: Callable[[Sizes], int | None] = lambda _: None
    env: Mapping[str, str] = field(default_factory=dict)
    wanted: Callable[[Sizes], bool] = lambda _: True

    def command(self, sizes: Sizes) -> list[str]:
        """Spell the command out, run by the Python that runs this."""
        return [sys.executable, *self.words(sizes)]


def granian(interface: str, target: str, port: int, host: str, *more: str) -> list[str]:
    """Spell out how granian serves one application."""
    place = ["--host", host, "--port", str(port)]
    quiet = ["--no-ws", "--log-level", "warning", "--workers-kill-timeout", "5"]
    return ["-m", "granian", "--interface", interface, *place, *quiet, *more, target]


def web(sizes: Sizes) -> list[str]:
    """Spell out the application server."""
    many = ["--workers", str(sizes.WEB_CONCURRENCY), "--blocking-threads", "4"]
    return granian("wsgi", "supportcoord.wsgi:application", sizes.PORT, sizes.HOST, *many)


def stream(sizes: Sizes) -> list[str]:
    """Spell out the server of the live stream."""
    return granian("asginl", "supportcoord.asgi:application", sizes.PORT + 1, sizes.HOST)


def worker(sizes: Sizes) -> list[str]:
    """Spell out the Celery worker."""
    lonely = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    many = ["--concurrency", str(sizes.WORKER_CONCURRENCY)]
    celery = ["-m", "celery", "-A", "supportcoord", "-q", "worker", "-l", "WARNING"]
    # Whoever starts all this as root knows it; three lines of warning at each start help nobody.
    return ["-W", "ignore:You're running the worker with superuser", *celery, *lonely, *many]


def coordinator(sizes: Sizes) -> list[str]:
    """Spell out the coordinator."""
    return [str(sizes.BASE_DIR / "manage.py"), "coordinator"]


def collector(sizes: Sizes) -> list[str]:
    """Spell out the collector."""
    return [str(sizes.BASE_DIR / "manage.py"), "collect_mail"]


def lmtp(sizes: Sizes) -> list[str]:
    """Spell out the door for mail servers; it reads from the settings where it is."""
    return [str(sizes.BASE_DIR / "manage.py"), "lmtp"]


PROCESSES = (
    Process(name="web", what="desk, admin, API", words=web, port=lambda sizes: sizes.PORT),
    Process(
        name="stream",
        what="live updates",
        words=stream,
        port=lambda sizes: sizes.PORT + 1,
        # A stream is open for hours; it must not hold a database connection all that time.
        env={"DATABASE_CONN_MAX_AGE": "0"},
    ),
    Process(
        name="worker",
        what="carries runs on",
        words=worker,
        # TERM means: finish what you hold within the soft shutdown's time, then go.
        env={"REMAP_SIGTERM": "SIGQUIT"},
    ),
    Process(name="coordinator", what="wakes what is due", words=coordinator),
    Process(name="collector", what="reads mailboxes", words=collector),
    Process(
        name="lmtp",
        what="takes mail of mail servers",
        words=lmtp,
        wanted=lambda sizes: sizes.LMTP_LISTEN is not None,
    ),
)


def wanted(sizes: Sizes) -> list[Process]:
    """The processes that these settings ask for."""
    return [process for process in PROCESSES if process.wanted(sizes)]
