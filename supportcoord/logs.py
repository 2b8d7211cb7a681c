"""Log lines: one event a line, `name=value`, with the trace; never a customer's words.

An exception is told by its type and by the lines of code it passed. Its message is told only
where the project or the database wrote it, and then without the rows it complains about: what
`int("...")` or a parser says may be what a customer wrote.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.db import Error as DatabaseError

from apps.core.errors import DomainError
from apps.core.tracing import trace_id

STANDARD = set(logging.LogRecord("", 0, "", 0, "", None, None).__dict__)
# Attached by Django and by Celery: whole requests, mails and arguments stay out of the log.
PRIVATE = {"message", "asctime", "taskName", "request", "data", "server_time", "sql", "params"}
FRAMES = 12


class Lines(logging.Formatter):
    """Formats a record as one line of `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line; what has spaces, quotes or line breaks is quoted as in JSON."""
        at = datetime.fromtimestamp(record.created, tz=UTC)
        facts: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "from": record.name,
            "message": record.getMessage(),
        }
        if trace_id():
            facts["trace"] = trace_id()
        extra = record.__dict__.keys() - STANDARD - PRIVATE
        facts |= {key: record.__dict__[key] for key in sorted(extra)}
        if record.exc_info and record.exc_info[1]:
            facts |= told(record.exc_info[1], record.exc_info[2])
        return " ".join(f"{key}={quoted(value)}" for key, value in facts.items())


def told(error: BaseException, trace: TracebackType | None) -> dict[str, str]:
    """Tell an exception without what a customer may have written."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    facts = {
        "error": type(error).__name__,
        "where": " > ".join(f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames),
    }
    if isinstance(error, DomainError):
        facts["code"] = error.code
    if isinstance(error, DatabaseError):
        facts["because"] = str(error).partition("\n")[0]
    return facts


def quoted(value: object) -> str:
    """Quote what would not stay one word on one line."""
    text = str(value)
    plain = text and text.isprintable() and not set(text) & set(' "=')
    return text if plain else json.dumps(text, ensure_ascii=False)


def logging_to_standard_error(level: str) -> dict[str, Any]:
    """Configure Python's logging: everything to standard error, third parties from WARNING on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "supportcoord.logs.Lines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "apps": {"level": level},
            "supportcoord": {"level": level},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
