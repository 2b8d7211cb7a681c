"""Asking about mail: whether mailboxes are read, doors are open and mails get their outcomes."""

from dataclasses import dataclass

from django.conf import settings

from apps.core.db import rows

FOLDERS = r"""
    SELECT m.username || ' at ' || m.host, f.name, COALESCE(f.problem, ''),
           COALESCE(f.failures, 0), COALESCE(f.missing, 0), COALESCE(f.missing_uids[1], 0),
           EXTRACT(epoch FROM clock_timestamp() - f.read_at)::float
      FROM channels_mailbox m LEFT JOIN channels_mailfolder f
        ON f.mailbox_id = m.id
       AND f.name = ANY(regexp_split_to_array(btrim(m.folders, E' \t\r\n'), '\s*[\r\n]\s*'))
     WHERE m.is_active ORDER BY m.host, m.username, f.name"""

SILENCE = """
    SELECT (SELECT EXTRACT(epoch FROM clock_timestamp() - max(at))::float
              FROM coordination_heartbeat WHERE kind = 'collector'),
           (SELECT EXTRACT(epoch FROM clock_timestamp() - max(at))::float
              FROM coordination_heartbeat WHERE kind = 'lmtp'),
           EXISTS (SELECT FROM channels_inbox WHERE is_active)
           AND NOT EXISTS (SELECT FROM channels_inbox WHERE is_active AND is_default)"""

UNDECIDED = """
    SELECT count(*), COALESCE(min(id), 0),
           COALESCE(EXTRACT(epoch FROM clock_timestamp() - min(received_at))::float, 0)
      FROM channels_receivedmail WHERE outcome = 'received'"""

LOST = """
    SELECT count(*), COALESCE(min(t.id), 0)
      FROM tickets_ticket t
     WHERE t.status IN ('new', 'open', 'pending', 'on_hold') AND NOT t.is_spam
       AND (SELECT m.delivery FROM tickets_message m
             WHERE m.ticket_id = t.id AND m.kind = 'outgoing' AND NOT m.is_automatic
               AND m.delivery != 'withdrawn'
             ORDER BY m.created_at DESC, m.id DESC LIMIT 1) IN ('failed', 'bounced')"""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder of a mailbox that is switched on, and how its reading went."""

    mailbox: str
    folder: str | None
    problem: str
    failures: int
    missing: int
    first_missing: int
    read_ago: float | None


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Whether mail comes in; lengths of time are in seconds."""

    folders: tuple[Folder, ...]
    collector: float | None
    lmtp: float | None
    wants_lmtp: bool
    lacks_default: bool
    undecided: int
    oldest_undecided: int
    undecided_for: float
    lost: int = 0
    first_lost: int = 0


def mail() -> Mail:
    """Everything about mail that the rules look at."""
    names = ("mailbox", "folder", "problem", "failures", "missing", "first_missing", "read_ago")
    ((collector, lmtp, lacks_default),) = rows(SILENCE, {})
    ((undecided, oldest, since),) = rows(UNDECIDED, {})
    ((lost, first_lost),) = rows(LOST, {})
    return Mail(
        folders=tuple(Folder(**dict(zip(names, row, strict=True))) for row in rows(FOLDERS, {})),
        collector=collector,
        lmtp=lmtp,
        wants_lmtp=settings.LMTP_LISTEN is not None,
        lacks_default=lacks_default,
        undecided=undecided,
        oldest_undecided=oldest,
        undecided_for=since,
        lost=lost,
        first_lost=first_lost,
    )
