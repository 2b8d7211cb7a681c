"""What is said about mails as plain values: what became of one that came, of one that left."""

from dataclasses import dataclass
from enum import StrEnum

from apps.core.seen import Seen
from apps.core.sieves import Counted

MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE
"""What mail servers take, and so do we; larger mails are refused before anything is stored."""


@dataclass(frozen=True, kw_only=True)
class MailOutcome:
    """What became of a mail. The ticket of a duplicate is the original's."""

    outcome: str
    reason: str = ""
    ticket_id: int | None = None
    ticket_number: int | None = None
    message_id: int | None = None
    duplicate_of: int | None = None

    @property
    def line(self) -> str:
        """The outcome as one line for whoever handed the mail in."""
        return LINES[self.outcome].format(
            number=self.ticket_number, reason=self.reason, original=self._original()
        )

    def _original(self) -> str:
        ticket = f" (ticket {self.ticket_number})" if self.ticket_number else ""
        return f"mail {self.duplicate_of}{ticket}"


LINES = {
    "received": "received: it waits to be looked at",
    "ticket": "ticket {number} created",
    "reply": "reply on ticket {number}",
    "duplicate": "duplicate of {original}",
    "ignored": "ignored: {reason}",
    "quarantined": "quarantined: {reason}",
}


@dataclass(frozen=True, kw_only=True)
class SendOutcome:
    """What the mail server said: it has the mail, or why it will never take it.

    It may have it for some people and not for others: these are in ``refused``, each with why.
    Where the one it is addressed to is refused and others are not, ``missed`` says why.
    """

    sent: bool
    error: str = ""
    refused: tuple[str, ...] = ()
    missed: str = ""

    @property
    def told(self) -> str:
        """What people should know of it."""
        others = f"It did not go to {'; '.join(self.refused)}" if self.refused else ""
        if self.sent and self.missed:
            return f"{self.missed}. {others}".removesuffix(". ")
        return others if self.sent and others else self.error


class Verdict(StrEnum):
    """What a person decides about a mail in quarantine."""

    AGAIN = "again"
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class Held(Seen):
    """A mail in quarantine as somebody saw it: which one, and after how many looks at it."""

    mail_id: int
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """Which mails in quarantine are looked at; an empty word lets all of them through."""

    cause: str = ""
    inbox: str = ""
    day: str = ""


@dataclass(frozen=True, kw_only=True)
class Group(Counted):
    """Mails held for the same reason, in one inbox, on one day."""

    cause: str
    inbox: str
    day: str


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What a virus scanner says of a file; empty when nobody asked one."""

    verdict: str
    note: str = ""
