"""Time that passes for the engine: what it looks at moves into the past, and nobody waits."""

from datetime import timedelta

from apps.core.db import rows

MOMENTS = {
    "run": ("due_at", "lease_until", "signalled_at", "created_at", "finished_at"),
    "step": ("due_at", "started_at", "finished_at"),
    "breaker": ("open_until", "probe_until", "changed_at"),
    "heartbeat": ("at",),
}


def time_passes(by: timedelta) -> None:
    """What was due in so long is due now, by the database's clock, for every process.

    Whoever is frozen with a row locked keeps it until PostgreSQL ends the transaction: 30 s.
    """
    rows("SELECT set_config('lock_timeout', '60s', FALSE)", {})
    for table, columns in MOMENTS.items():
        changes = ", ".join(f"{name} = {name} - %(by)s" for name in columns)
        rows(f"UPDATE coordination_{table} SET {changes} RETURNING 1", {"by": by})
    rows("SELECT set_config('lock_timeout', '15s', FALSE)", {})
