"""Telling somebody who can help: the owner's lead, else the team's, else the administrators."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.escalation.models import Escalation
from apps.escalation.types import Notice
from apps.tickets.models import Ticket

MOST_ADMINISTRATORS = 5


def write_notice(*, ticket_id: int, promise: str, level: str) -> Notice:
    """What to tell of a ticket's latest escalation, and whom, if anybody has an address."""
    found = Escalation.objects.filter(ticket_id=ticket_id, promise=promise, level=level)
    whole = found.select_related("ticket__owner__lead", "ticket__team__lead", "ticket__customer")
    escalation = whole.order_by("-id").first()
    if escalation is None:
        raise NotFound(thing="escalation", key=f"{promise} {level} of ticket {ticket_id}")
    ticket, what = escalation.ticket, escalation.get_promise_display()
    return Notice(
        to=tuple(person.email for person in who_can_help(ticket)),
        subject=f"[{ticket.pk}] {what.capitalize()} {level}: {ticket.subject}",
        text=text_of(escalation),
    )


def who_can_help(ticket: Ticket) -> list[User]:
    """The owner's lead, else the team's lead, else administrators: whoever can be reached."""
    leads = [
        ticket.owner.lead if ticket.owner else None,
        ticket.team.lead if ticket.team else None,
    ]
    for lead in leads:
        if lead is not None and lead.is_active and lead.email:
            return [lead]
    admins = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    return list(admins.order_by("pk")[:MOST_ADMINISTRATORS])


def text_of(escalation: Escalation) -> str:
    """The mail's text."""
    ticket = escalation.ticket
    lines = [
        escalation.why,
        "",
        f"Ticket:   {ticket.pk} {ticket.subject}",
        f"Customer: {ticket.customer.name}",
        f"Owner:    {ticket.owner or 'nobody'}",
        f"Team:     {ticket.team or 'none'}",
        f"Priority: {escalation.get_new_priority_display()}",
        f"Due:      {local(escalation.due_at)}",
        "",
        f"{settings.SITE_URL.rstrip('/')}/tickets/{ticket.pk}/",
    ]
    return "\n".join(lines) + "\n"


def local(moment: datetime) -> str:
    """A moment in the desk's own time zone."""
    return f"{moment.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M %Z}"
