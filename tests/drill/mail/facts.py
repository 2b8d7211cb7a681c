"""What the mail drill knows in the end: the database by plain SQL, and everybody's journals."""

from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from tests.drill.facts import Row
from tests.drill.journal import entries
from tests.drill.mail.letters import Letter
from tests.make.imap import ImapServer

QUERIES = {
    "mails": """SELECT id, message_id_header, outcome, source, origin, recipient, duplicate_of_id,
                       ticket_id, message_id FROM channels_receivedmail ORDER BY id""",
    "messages": """SELECT id, ticket_id, kind, text, message_id_header, delivery, is_automatic
                     FROM tickets_message ORDER BY id""",
    "runs": """SELECT id, flow, state, error_code FROM coordination_run
                WHERE state IN ('ready', 'running', 'dead', 'in_doubt') ORDER BY id""",
    "changes": """SELECT (payload->>'message_id')::bigint AS message_id, payload->>'new' AS new
                    FROM coordination_event WHERE type = 'DeliveryChanged' ORDER BY id""",
}


@dataclass
class Facts:
    """Everything that is compared, as it was read."""

    letters: list[Letter] = field(default_factory=list)
    post: list[Row] = field(default_factory=list)
    agents: list[Row] = field(default_factory=list)
    office: list[Row] = field(default_factory=list)
    flags: dict[int, set[str]] = field(default_factory=dict)
    mails: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    runs: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)


def read_facts(
    line: psycopg.Connection, *, home: Path, letters: list[Letter], mailbox: ImapServer
) -> Facts:
    """Read the database, the mailbox and all journals."""
    facts = Facts(
        letters=letters,
        post=entries(home / "post.jsonl"),
        agents=entries(home / "agents.jsonl"),
        office=entries(home / "office.jsonl"),
        flags=mailbox.flags(),
    )
    with line.cursor(row_factory=dict_row) as cursor:
        for name, sql in QUERIES.items():
            setattr(facts, name, cursor.execute(sql).fetchall())
    return facts
