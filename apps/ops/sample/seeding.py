"""Fills an empty desk with the sample shop, once; stopped at any point it can be run again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from apps.accounts.models import ApiKey, User
from apps.accounts.services.keys import issue_key, revoke_key, service_user
from apps.accounts.states import Scope
from apps.channels.models import ReceivedMail
from apps.coordination.services.taking_in import remember_answer, take_in
from apps.core.errors import Refused
from apps.ops.sample.playing import SOURCE, Play
from apps.ops.sample.scripts import every_turn
from apps.ops.sample.setting_up import set_up
from apps.review.models import Review
from apps.tickets.models import Ticket

OUTBOX = "apps.channels.adapters.outbox.OutboxBackend"
BEGUN, COMPLETE = "begun", "complete"
PROGRAM = "sample-program"


class OthersLiveHere(Refused):
    """Made-up people do not belong among real ones."""

    message = (
        "This database holds {what} that are not sample data; "
        "nothing was changed (--force adds the sample data all the same)."
    )


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What there is now; ``key`` only where it was made by this call."""

    key: str
    mails: int
    tickets: int
    open_reviews: int


def seed(*, force: bool = False, at: datetime) -> Seeded:
    """Make the sample data, or finish it; on a complete one nothing changes.

    Raises OthersLiveHere. Replies of the stories go to the outbox folder, never to a mail server.
    """
    opened_at = begin(force=force, at=at)
    if noted(COMPLETE):
        return counted(key="")
    with among_ourselves():
        set_up(at=opened_at)
        Play(turns=every_turn(), opened_at=opened_at).perform()
    return counted(key=fresh_key(at=at))


@contextmanager
def among_ourselves() -> Iterator[None]:
    """Write mail into the outbox folder and wake no worker, in this process and meanwhile."""
    ours = {
        "EMAIL_BACKEND": OUTBOX,
        "EMAIL_FILE_PATH": settings.VAR_DIR / "outbox",
        "COORDINATION_HINTS": False,
    }
    before = {name: getattr(settings, name) for name in ours if hasattr(settings, name)}
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name in ours:
            delattr(settings, name)
        for name, value in before.items():
            setattr(settings, name, value)


@transaction.atomic
def begin(*, force: bool, at: datetime) -> datetime:
    """Note that the sample data was begun; returns when that was first done."""
    earlier = take_in(source=SOURCE, external_id=BEGUN, request=BEGUN)
    if earlier:
        return datetime.fromisoformat(earlier.body)
    if not force:
        refuse_others()
    remember_answer(source=SOURCE, external_id=BEGUN, status=200, body=at.isoformat())
    return at


def refuse_others() -> None:
    """Raise OthersLiveHere unless the desk is empty."""
    for what, rows in (
        ("accounts", User.objects.all()),
        ("tickets", Ticket.objects.all()),
        ("mails", ReceivedMail.objects.all()),
    ):
        if rows.exists():
            raise OthersLiveHere(what=what)


@transaction.atomic
def finish() -> None:
    """Note that everything was made, and that whoever asked was told of it."""
    if take_in(source=SOURCE, external_id=COMPLETE, request=COMPLETE) is None:
        remember_answer(source=SOURCE, external_id=COMPLETE, status=200, body=None)


@transaction.atomic
def noted(what: str) -> bool:
    """Whether a note is there; asking leaves none."""
    found = take_in(source=SOURCE, external_id=what, request=what) is not None
    transaction.set_rollback(True)
    return found


@transaction.atomic
def fresh_key(*, at: datetime) -> str:
    """Make the program's key; one that nobody was told of is revoked."""
    user = service_user(username=PROGRAM)
    for untold in ApiKey.objects.filter(user=user, revoked_at=None):
        revoke_key(key_id=untold.pk, at=at)
    _, text = issue_key(name="Sample program", user=user, scopes=Scope.values)
    return text


def counted(*, key: str) -> Seeded:
    """What there is now."""
    return Seeded(
        key=key,
        mails=ReceivedMail.objects.count(),
        tickets=Ticket.objects.count(),
        open_reviews=Review.objects.open().count(),
    )
