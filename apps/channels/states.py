"""What may become of a mail that arrived."""

from django.db.models import TextChoices

from apps.core.states import Moves


class Outcome(TextChoices):
    RECEIVED = "received"
    TICKET = "ticket"
    REPLY = "reply"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


class Source(TextChoices):
    COMMAND = "command"
    API = "api", "API"
    IMAP = "imap", "IMAP"
    LMTP = "lmtp", "LMTP"
    WEBHOOK = "webhook"
    FORM = "form"


class SpamPolicy(TextChoices):
    """What an inbox does with mail that a mail server calls spam."""

    ASIDE = "aside", "put it into the spam view"
    TRUST = "trust", "take it as any mail"
    HOLD = "hold", "hold it in quarantine"


class Security(TextChoices):
    TLS = "tls", "TLS from the first byte"
    STARTTLS = "starttls", "STARTTLS"
    PLAIN = "plain", "none (only within one's own network)"


class SignIn(TextChoices):
    PASSWORD = "password"  # noqa: S105
    OAUTH = "oauth", "OAuth 2 (Google, Microsoft)"


class Afterwards(TextChoices):
    """What becomes of a mail in its mailbox once it is stored here."""

    SEEN = "seen", "mark it as seen"
    LEAVE = "leave", "leave it as it is"
    MOVE = "move", "move it to another folder"
    DELETE = "delete", "delete it"


DECIDED = frozenset(Outcome.values) - {Outcome.RECEIVED}
FILED = (Outcome.TICKET, Outcome.REPLY)

# A person may have a mail processed again as long as nobody was answered because of it.
MOVES: Moves = {
    Outcome.RECEIVED: DECIDED,
    Outcome.TICKET: set(),
    Outcome.REPLY: set(),
    Outcome.DUPLICATE: {Outcome.RECEIVED},
    Outcome.IGNORED: {Outcome.RECEIVED},
    Outcome.QUARANTINED: {Outcome.RECEIVED},
}
