"""What the pages about held mails show, as plain values in words."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.parsing.looking import visible
from apps.channels.types import MEGABYTE, Group, Held, Sieve, Verdict
from apps.core.admin.orders import Wording
from apps.core.moments import Moment, moment
from apps.core.sieves import MOST_GROUPS, Filter, GroupView, filter_view, query
from apps.core.text import many

LABELS = {"cause": "Reason", "inbox": "Inbox", "day": "Day"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One mail in quarantine."""

    id: int
    seen: Held
    subject: str
    sender: str
    reason: str
    inbox: str
    size: str
    came: Moment


def rows(mails: Iterable[ReceivedMail], *, at: datetime) -> list[Row]:
    """The mails of one page."""
    return [
        Row(
            id=mail.pk,
            seen=Held(mail_id=mail.pk, attempts=mail.attempts),
            subject=visible(mail.subject) or "No subject",
            sender=visible(mail.sender) or "no sender",
            reason=visible(mail.reason),
            inbox=str(mail.inbox or ""),
            size=weight(mail.size),
            came=moment(mail.received_at, at=at),
        )
        for mail in mails
    ]


def filters(groups: Sequence[Group], sieve: Sieve) -> list[Filter]:
    """Every filter; a value's count is what it would show with the other filters as they are."""
    addresses = {str(pk): address for pk, address in Inbox.objects.values_list("pk", "address")}
    names: dict[str, Callable[[str], str]] = {
        "cause": lambda value: value,
        "inbox": lambda value: addresses.get(value, "no inbox"),
        "day": day_name,
    }
    views = [
        filter_view(word, label, groups, sieve, name=partial(shown, names[word]))
        for word, label in LABELS.items()
    ]
    return [newest_first(view) if view.name == "day" else view for view in views]


def shown(name: Callable[[str], str], value: str) -> str:
    """A value in words, its invisible letters told."""
    return visible(name(value))


def newest_first(days: Filter) -> Filter:
    """Days stand in their order, not by how much they have."""
    choices = sorted(days.choices, key=lambda choice: choice.value, reverse=True)
    return replace(days, choices=choices)


def day_name(text: str) -> str:
    """A day as people write it; an odd one from an address as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day:%a} {day.day} {day:%b %Y}"


def group_views(groups: Iterable[Group], sieve: Sieve) -> list[GroupView]:
    """The reasons that hold most of the mails that pass."""
    counts: Counter[str] = Counter()
    for group in groups:
        if group.passes(sieve):
            counts[group.cause] += group.count
    return [
        GroupView(
            count=count,
            cause=visible(cause),
            query=query(replace(sieve, cause=cause)),
            icon="mail",
        )
        for cause, count in counts.most_common(MOST_GROUPS)
    ]


def weight(size: int) -> str:
    """A number of bytes in words."""
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.1f} MB"
    return f"{size / 1024:.0f} kB" if size >= 1024 else f"{size} bytes"


DOES = {
    Verdict.AGAIN: "{each} is looked at anew and filed, in spite of what spoke against it: brake, "
    "copies and robots no longer matter. {back}",
    Verdict.IGNORE: "{open} no ticket and nobody is answered. {are} kept, with your reason, "
    "and can be processed again from the list of received mails.",
}
ONE = {
    "each": "It",
    "back": "If it still cannot be filed, it comes back here.",
    "open": "It opens",
    "are": "It is",
}
MANY = {
    "each": "Each",
    "back": "What still cannot be filed comes back here.",
    "open": "They open",
    "are": "They are",
}


def wording(verdict: Verdict, count: int) -> Wording:
    """The question before many are decided, or before a reason was given; the answer after.

    What came of those that are processed again is told by each one's outcome.
    """
    what = "this mail" if count == 1 else f"these {count:,} mails"
    some = "" if count == 1 else f" {count:,} mails"
    again = verdict is Verdict.AGAIN
    return Wording(
        title=f"Process {what} again?" if again else f"Ignore {what}?",
        does=DOES[verdict].format(**ONE if count == 1 else MANY),
        button=f"Process{some} again" if again else f"Ignore{some}",
        said=f"{many(count, 'mail is', 'mails are')} ignored.",
        needs_reason=not again,
    )
