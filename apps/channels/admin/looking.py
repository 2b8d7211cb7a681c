"""One received mail on a page: why it is held, what it would become, and all of it as text."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from apps.accounts.models import User
from apps.channels.admin.words import weight
from apps.channels.models import ReceivedMail
from apps.channels.parsing.looking import raw_view, visible
from apps.channels.services.previewing import Preview, preview_mail
from apps.channels.states import MOVES, Outcome
from apps.channels.types import Held
from apps.coordination.models import Event
from apps.core.moments import Moment, moment
from apps.core.text import read_number

MOST_EVENTS = 20
SAID = {
    "MailStored": "It was stored.",
    "MailTakenUpAgain": "{who} had it processed again.",
    "MailDecided": "{who} decided: {outcome}.",
}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of a mail's story."""

    at: Moment
    says: str
    why: str


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment as a line."""

    name: str
    size: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the mail would become, fit for a page."""

    subject: str
    writer: str
    text: str
    left_out: int
    files: list[File]
    more_files: int
    problems: list[str]
    ticket_id: int | None
    passed_on: str
    why_not: str


class Looking:
    """The page ``/admin/channels/receivedmail/<id>/look/``."""

    admin_site: AdminSite
    has_view_permission: Any
    has_operate_permission: Any
    page: Any

    def look_view(self, request: HttpRequest, mail_id: int) -> HttpResponse:
        """Show a mail to who may see received mail; nothing of it is more than text."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        whole = ReceivedMail.objects.defer(None).select_related("inbox", "ticket")
        mail = whole.filter(pk=mail_id).first()
        if mail is None:
            raise Http404
        held = mail.outcome == Outcome.QUARANTINED
        context = {
            "title": visible(mail.subject) or "No subject",
            "mail": mail,
            "sender": visible(mail.sender),
            "reason": visible(mail.reason),
            "outcome": Outcome(mail.outcome).label.lower(),
            "held": Held(mail_id=mail.pk, attempts=mail.attempts) if held else None,
            "may_decide": held and self.has_operate_permission(request),
            "shown": shown(preview_mail(mail=mail)) if Outcome.RECEIVED in left(mail) else None,
            "raw": raw_view(bytes(mail.raw)),
            "size": weight(mail.size),
            "came": moment(mail.received_at, at=timezone.now()),
            "happenings": happenings(mail),
        }
        return self.page(request, "mails/look", context)  # type: ignore[no-any-return]


def left(mail: ReceivedMail) -> Any:
    """Where a mail may still go."""
    return MOVES[mail.outcome]


def shown(preview: Preview) -> Shown:
    """A preview as lines that a page can show."""
    name, address = visible(preview.name), visible(preview.address)
    return Shown(
        subject=visible(preview.subject),
        writer=f"{name} <{address}>" if name and address else address or name,
        text=visible(preview.text),
        left_out=preview.left_out,
        files=[File(name=visible(name), size=weight(size)) for name, size in preview.files],
        more_files=preview.more_files,
        problems=[visible(problem) for problem in preview.problems],
        ticket_id=preview.ticket_id,
        passed_on=visible(preview.passed_on),
        why_not=preview.why_not,
    )


def happenings(mail: ReceivedMail) -> list[Happening]:
    """What was done with a mail, and by whom."""
    told = Event.objects.filter(stream=f"mail:{mail.pk}").order_by("-seq")[:MOST_EVENTS]
    events = list(reversed(told))
    numbers = [number for event in events if (number := user_number(event.actor))]
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=numbers)}
    return [
        Happening(
            at=moment(event.at, at=timezone.now()),
            says=SAID.get(event.type, event.type).format(
                who=names.get(user_number(event.actor), "The desk"),
                outcome=event.payload.get("outcome", ""),
            ),
            why=visible(event.why),
        )
        for event in events
    ]


def user_number(actor: str) -> int:
    """The number of the person who acted; 0 for the desk itself."""
    kind, _, number = actor.partition(":")
    return (read_number(number) or 0) if kind == "user" else 0
