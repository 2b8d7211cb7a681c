"""What people decide about mails in quarantine: once more, or never; as they were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, transaction

from apps.accounts.models import User
from apps.channels.events import MailDecided
from apps.channels.models import ReceivedMail
from apps.channels.services.receiving import reprocess_mail
from apps.channels.states import MOVES, Outcome
from apps.channels.types import Held, Verdict
from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.errors import DomainError, Refused, Unavailable
from apps.core.states import check_move


class ReasonMissing(Refused):
    """A mail that nobody will answer needs somebody who says why."""

    message = "Say why: the log keeps it for whoever asks later."


class NotHeldAnyMore(Refused):
    """Somebody was quicker."""

    message = "{mail} is not in quarantine any more: it is {outcome} now."


class HeldAnew(Refused):
    """It was processed again, and lies there again, perhaps for another reason."""

    message = "{mail} was processed again meanwhile and is held anew: look at it first."


class Busy(Unavailable):
    """Somebody holds the row for longer than is waited for."""

    message = "Mail {mail_id} is held by somebody else just now; decide again in a moment."


@dataclass(frozen=True, kw_only=True)
class Decided:
    """Which were decided, and one sentence for each that was not."""

    decided: tuple[int, ...]
    refused: tuple[str, ...]


def decide_quarantined(
    *, verdict: Verdict, mails: Sequence[Held], by: User, why: str, at: datetime
) -> Decided:
    """Decide about each, in a transaction of its own; one that is refused stops no other.

    Raises ReasonMissing.
    """
    if verdict is Verdict.IGNORE and not why:
        raise ReasonMissing
    decide = {Verdict.AGAIN: process_again, Verdict.IGNORE: ignore_mail}[verdict]
    decided: list[int] = []
    refused: list[str] = []
    for seen in mails:
        try:
            decided.append(decide(seen=seen, by=by, why=why, at=at).pk)
        except DomainError as error:
            refused.append(str(error))
        except OperationalError:
            refused.append(str(Busy(mail_id=seen.mail_id)))
    return Decided(decided=tuple(decided), refused=tuple(refused))


@transaction.atomic
def process_again(*, seen: Held, by: User, why: str = "", at: datetime) -> ReceivedMail:
    """Have a held mail looked at again. Raises NotHeldAnyMore, HeldAnew."""
    return reprocess_mail(mail_id=as_seen(seen).pk, by=by, why=why, at=at)


@transaction.atomic
def ignore_mail(*, seen: Held, by: User, why: str, at: datetime) -> ReceivedMail:
    """Take a held mail up and put it aside for good, which can be taken back like any ignoring.

    Raises ReasonMissing, NotHeldAnyMore, HeldAnew.
    """
    if not why:
        raise ReasonMissing
    mail = as_seen(seen)
    check_move(mail, mail.outcome, Outcome.RECEIVED, MOVES)
    check_move(mail, Outcome.RECEIVED, Outcome.IGNORED, MOVES)
    # The table itself knows only these two moves, one after the other.
    mail.outcome, mail.decided_at = Outcome.RECEIVED, None
    mail.save(update_fields=["outcome", "decided_at"])
    mail.outcome, mail.decided_at, mail.reason = Outcome.IGNORED, at, why
    mail.save(update_fields=["outcome", "decided_at", "reason"])
    event = MailDecided(mail_id=mail.pk, outcome=mail.outcome)
    publish(event, actor=f"user:{by.pk}", why=why)
    return mail


def as_seen(seen: Held) -> ReceivedMail:
    """The held mail, locked, if it still lies there as somebody saw it."""
    mail = locked(ReceivedMail, seen.mail_id)
    if mail.outcome != Outcome.QUARANTINED:
        raise NotHeldAnyMore(mail=str(mail), outcome=Outcome(mail.outcome).label.lower())
    if mail.attempts != seen.attempts:
        raise HeldAnew(mail=str(mail))
    return mail
