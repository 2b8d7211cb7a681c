"""PostgreSQL and this machine: connections, transactions, clocks, dead rows."""

from collections.abc import Iterator

from apps.core.text import many
from apps.ops.doctor.saying import size, span
from apps.ops.doctor.types import Facts, Finding, OpenTransaction

NEARLY_ALL = 0.8
"""Of the connections that there are."""
OPEN_TOO_LONG = 300.0
BLOCKS_TOO_LONG = 10.0
SKEW = 5.0
DEAD_ROWS = 10_000


def connections(facts: Facts) -> Iterator[Finding]:
    """Room for more processes."""
    used, most = facts.server.connections, facts.server.most_connections
    if used >= NEARLY_ALL * most:
        yield Finding(
            name="connections_short",
            wrong=f"{used} of {most} connections that PostgreSQL allows are taken.",
            cure="Raise max_connections, or run fewer processes.",
        )


def transactions(facts: Facts) -> Iterator[Finding]:
    """What holds others up, or keeps dead rows from being cleared."""
    for one in facts.server.transactions:
        if one.seconds > OPEN_TOO_LONG or (one.blocks and one.seconds > BLOCKS_TOO_LONG):
            yield Finding(name="long_transaction", wrong=of_transaction(one), cure=ending(one))


def of_transaction(one: OpenTransaction) -> str:
    """What an open transaction does to others."""
    harm = (
        f"{many(one.blocks, 'other waits', 'others wait')} for it"
        if one.blocks
        else "dead rows stay until it ends"
    )
    whose = f"A transaction of {one.who} (process {one.pid})"
    return f"{whose} is open for {span(one.seconds)} ({one.doing}); {harm}."


def ending(one: OpenTransaction) -> str:
    """How to end it."""
    return f"If nobody needs it, end it in psql: SELECT pg_terminate_backend({one.pid});"


def clock(facts: Facts) -> Iterator[Finding]:
    """This machine's clock against the database's."""
    ahead = facts.server.ahead
    if abs(ahead) > SKEW:
        which = "ahead of" if ahead > 0 else "behind"
        yield Finding(
            name="clock_skew",
            wrong=f"This machine's clock is {span(abs(ahead))} {which} the database's.",
            cure="Set both by NTP: runs go by the database's clock, times on pages by this one.",
        )


def bloat(facts: Facts) -> Iterator[Finding]:
    """Tables that are more dead than alive."""
    for table in facts.server.tables:
        if table.dead > DEAD_ROWS and table.dead > table.rows:
            yield Finding(
                name="dead_rows",
                wrong=(
                    f"{table.name} has {table.dead} dead rows and {table.rows} living ones in "
                    f"{size(table.size)}."
                ),
                cure=f"In psql: VACUUM (ANALYZE) {table.name}; and see that autovacuum is on.",
                urgent=False,
            )
