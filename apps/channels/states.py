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
