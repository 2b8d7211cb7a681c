"""Mails in quarantine, counted by why they are held, and read page by page by their index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Func, QuerySet, TextField
from django.utils import timezone

from apps.channels.models import ReceivedMail
from apps.channels.states import Outcome
from apps.channels.types import Group, Held, Sieve
from apps.core.db import rows
from apps.core.sieves import MOST
from apps.core.text import clean_text, read_number

PAGE = 25
A_DAY = timedelta(days=1)
NOWHERE = "-"
"""The inbox of a mail that names none of ours."""

CAUSE = "regexp_replace(left(substring({} from '^[^.:]*'), 120), '[0-9]+', '…', 'g')"
"""What reasons of one kind have in common: their first part, whatever its numbers are."""

GROUPS = f"""
    SELECT {CAUSE.format("reason")}, COALESCE(inbox_id::text, '{NOWHERE}'),
           (received_at AT TIME ZONE %(zone)s)::date, count(*)
      FROM (SELECT reason, inbox_id, received_at FROM channels_receivedmail
             WHERE outcome = 'quarantined' ORDER BY id DESC LIMIT %(most)s) held
     GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"""  # noqa: S608 - composed of constants


class Cause(Func):
    """The same in a filter."""

    template = CAUSE.format("%(expressions)s")
    output_field = TextField()


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some mails in quarantine, the latest first, and the place behind the last one."""

    mails: list[ReceivedMail]
    after: str


@dataclass(frozen=True, kw_only=True)
class Became:
    """Mails that one thing became of: how many, why, and on which tickets they are."""

    outcome: str
    reason: str
    count: int
    tickets: tuple[int, ...]


def became(mail_ids: Sequence[int]) -> list[Became]:
    """What became of these mails, the commonest first."""
    mails = ReceivedMail.objects.filter(pk__in=mail_ids).order_by("pk")
    found: dict[tuple[str, str], list[int]] = {}
    for outcome, reason, ticket_id in mails.values_list("outcome", "reason", "ticket_id"):
        found.setdefault((outcome, reason), []).append(ticket_id)
    listed = [
        Became(
            outcome=outcome,
            reason=reason,
            count=len(tickets),
            tickets=tuple(dict.fromkeys(filter(None, tickets))),
        )
        for (outcome, reason), tickets in found.items()
    ]
    return sorted(listed, key=lambda one: -one.count)


def groups() -> list[Group]:
    """How many are held, by reason, inbox and day; of the first MOST and one."""
    found = rows(GROUPS, {"zone": timezone.get_current_timezone_name(), "most": MOST + 1})
    return [
        Group(cause=cause, inbox=inbox, day=day.isoformat(), count=count)
        for cause, inbox, day, count in found
    ]


def how_many(most: int = 1000) -> int:
    """How many wait for a person, counted up to ``most``."""
    return ReceivedMail.objects.filter(outcome=Outcome.QUARANTINED).order_by()[:most].count()


def sieved(sieve: Sieve) -> QuerySet[ReceivedMail]:
    """The mails in quarantine that pass, the latest first."""
    mails = ReceivedMail.objects.filter(outcome=Outcome.QUARANTINED).order_by("-pk")
    if sieve.cause:
        mails = mails.annotate(cause=Cause("reason")).filter(cause=clean_text(sieve.cause))
    if sieve.inbox:
        mails = mails.filter(**of_inbox(sieve.inbox))
    if sieve.day:
        mails = mails.filter(**of_day(sieve.day))
    return mails


def of_inbox(word: str) -> dict[str, Any]:
    """A filter by inbox as an address names it; one that was never ours has no mails."""
    if word == NOWHERE:
        return {"inbox": None}
    number = read_number(word)
    return {"pk__in": []} if number is None else {"inbox": number}


def of_day(word: str) -> dict[str, Any]:
    """A filter by day as an address names it."""
    try:
        day = date.fromisoformat(word)
        return {"received_at__gte": midnight(day), "received_at__lt": midnight(day + A_DAY)}
    except (ValueError, OverflowError):
        return {"pk__in": []}


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def held(sieve: Sieve) -> list[Held]:
    """Every mail that passes, up to MOST of them, as they stand now."""
    found = sieved(sieve).values_list("pk", "attempts")[:MOST]
    return [Held(mail_id=mail_id, attempts=attempts) for mail_id, attempts in found]


def page(sieve: Sieve, *, after: str = "") -> Page:
    """One page of them, without the bytes."""
    mails = sieved(sieve).select_related("inbox")
    if (place := read_number(after)) is not None:
        mails = mails.filter(pk__lt=place)
    found = list(mails[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Page(mails=found, after=str(found[-1].pk) if more else "")


def groups_of(chosen: list[Held]) -> list[Group]:
    """Why these mails are held, as far as they still are."""
    ids = [one.mail_id for one in chosen]
    lying = ReceivedMail.objects.filter(pk__in=ids, outcome=Outcome.QUARANTINED).order_by()
    counted: dict[str, int] = {}
    for cause in lying.annotate(cause=Cause("reason")).values_list("cause", flat=True):
        counted[cause] = counted.get(cause, 0) + 1
    most_first = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Group(cause=cause, inbox="", day="", count=count) for cause, count in most_first]
