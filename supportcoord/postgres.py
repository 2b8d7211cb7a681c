"""How this product talks to PostgreSQL: what a connection is given, and when it is given up."""

from typing import Any

AT_THE_LATEST = {
    "connect_timeout": 5,
    # A server that went away without a word is noticed within seconds, not when TCP gives up.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}

PLANNED_AFTER = 5
"""The engine's own statements come by the thousand: planned once for each connection, they cost
half. Django's are planned each time."""

SESSION = "-c idle_in_transaction_session_timeout=30s -c lock_timeout=15s"
"""A process that is stopped inside a transaction must not keep a run, or a ticket, from others."""


def tuned(database: dict[str, Any], *, max_age: int) -> dict[str, Any]:
    """The settings of a database with what its URL says first, and ours where it says nothing."""
    asked = database.get("OPTIONS", {})
    options = {"prepare_threshold": PLANNED_AFTER, **AT_THE_LATEST, **asked}
    options["options"] = f"{asked.get('options', '')} {SESSION}".strip()
    return database | {
        "CONN_MAX_AGE": max_age,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
