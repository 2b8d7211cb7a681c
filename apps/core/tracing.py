"""One name for all that follows from one request: in log lines, events, runs and answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

current: ContextVar[str] = ContextVar("trace_id", default="")


def trace_id() -> str:
    """Tell the trace of what is going on here, or nothing."""
    return current.get()


@contextmanager
def traced(name: str) -> Iterator[None]:
    """Give a name to everything that happens inside."""
    token = current.set(name)
    try:
        yield
    finally:
        current.reset(token)
