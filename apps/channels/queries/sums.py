"""Conservation: what arrived in each inbox on each day, held against what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from apps.channels.models import ReceivedMail
from apps.channels.states import Outcome


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The mails of one inbox and day: how many, and how many had each outcome."""

    inbox: str
    day: date
    received: int
    outcomes: dict[str, int]
    inbox_id: int | None = None

    @property
    def missing(self) -> int:
        """How many mails have no outcome that holds."""
        return self.received - sum(self.outcomes.values())

    @property
    def agrees(self) -> bool:
        return self.missing == 0


@dataclass(frozen=True, kw_only=True)
class Total:
    """Several sums as one."""

    received: int
    outcomes: dict[str, int]
    missing: int

    @property
    def agrees(self) -> bool:
        return self.missing == 0


def mail_sums(*, since: datetime | None = None, before: datetime | None = None) -> list[Sum]:
    """Per inbox and day, what arrived and what became of it; the columns are counted apart.

    Between two moments the index by time bounds what is read, however many mails there are.
    """
    mails = ReceivedMail.objects.order_by()
    mails = mails.filter(received_at__gte=since) if since else mails
    mails = mails.filter(received_at__lt=before) if before else mails
    columns = {outcome: Count("pk", filter=_had(outcome)) for outcome in Outcome.values}
    rows: Any = (
        mails.annotate(day=TruncDate("received_at"))
        .values("inbox_id", "inbox__address", "day")
        .annotate(arrived=Count("pk"), **{f"as_{name}": count for name, count in columns.items()})
        .order_by("day", "inbox__address")
    )
    return [
        Sum(
            inbox=row["inbox__address"] or "no inbox",
            inbox_id=row["inbox_id"],
            day=row["day"],
            received=row["arrived"],
            outcomes={name: row[f"as_{name}"] for name in Outcome.values},
        )
        for row in rows
    ]


def total_of(sums: Iterable[Sum]) -> Total:
    """All of it together; one that lacks mails is not made good by another."""
    known = list(sums)
    return Total(
        received=sum(one.received for one in known),
        outcomes={name: sum(one.outcomes[name] for one in known) for name in Outcome.values},
        missing=sum(one.missing for one in known),
    )


def lacking(mails: QuerySet[ReceivedMail]) -> QuerySet[ReceivedMail]:
    """Those among the mails that the sums miss."""
    held = When(reduce(or_, map(_had, Outcome.values)), then=Value(value=True))
    holds = Case(held, default=Value(value=False), output_field=BooleanField())
    return mails.annotate(holds=holds).filter(holds=False)


def _had(outcome: str) -> Q:
    """Counted by what stands behind the outcome, not by its word alone."""
    behind = {
        Outcome.RECEIVED: Q(decided_at=None),
        Outcome.TICKET: Q(message__ticket=F("ticket")),
        Outcome.REPLY: Q(message__ticket=F("ticket")),
        Outcome.DUPLICATE: Q(duplicate_of__duplicate_of=None) & ~Q(duplicate_of=F("pk")),
    }
    return Q(outcome=outcome) & behind.get(Outcome(outcome), Q())
