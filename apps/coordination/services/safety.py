"""The engine starts only on a database that keeps its promises."""

from apps.core.db import rows
from apps.core.errors import Refused

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class UnsafeDatabase(Refused):
    """PostgreSQL is set up to lose what it acknowledged."""

    message = (
        "PostgreSQL runs with {setting} = {value}: it could lose what we acknowledged. {cure}"
    )


def refuse_unsafe_database() -> None:
    """Raise UnsafeDatabase when durability is off, or the server is a replica."""
    sql = "SELECT name, setting FROM pg_settings WHERE name = ANY(%(names)s) AND setting = 'off'"
    for setting, value in rows(sql, {"names": list(DURABLE)}):
        raise UnsafeDatabase(setting=setting, value=value, cure=f"Set {setting} = on.")
    if rows("SELECT pg_is_in_recovery()", {})[0][0]:
        raise UnsafeDatabase(
            setting="recovery", value="on", cure="Point DATABASE_URL at the primary server."
        )
