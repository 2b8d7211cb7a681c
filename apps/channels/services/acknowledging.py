"""Telling whoever opened a ticket that their mail arrived, and starting no loop by that."""

from django.db import transaction

from apps.channels import queries
from apps.channels.models import Inbox, ReceivedMail
from apps.channels.parsing import Head, read_head
from apps.channels.rules import Opening, numbers_in, why_unacknowledged
from apps.channels.states import Outcome, Source, SpamPolicy
from apps.coordination.events import moment
from apps.core.db import take_turns
from apps.core.errors import Refused
from apps.core.text import untagged
from apps.customers.services import customer_named
from apps.tickets.models import Ticket
from apps.tickets.services.acknowledging import acknowledge_ticket


@transaction.atomic
def acknowledge_mail(*, mail_id: int) -> int | None:
    """Acknowledge a mail that opened a ticket, if its inbox does that; returns the message's id.

    The second time changes nothing. Whom no mail can be sent to is not told.
    """
    mail = ReceivedMail.objects.select_related("inbox", "ticket").get(pk=mail_id)
    if mail.outcome != Outcome.TICKET or not mail.ticket or not mail.inbox:
        return None
    text = mail.inbox.acknowledgement.replace("{number}", str(mail.ticket.pk)).strip()
    head = read_head(bytes(mail.raw))
    if not text or why_unacknowledged(opening(mail, head, mail.inbox, mail.ticket)):
        return None
    is_typed = mail.source == Source.FORM or mail.sender != head.sender
    try:
        with transaction.atomic():
            message = acknowledge_ticket(
                ticket_id=mail.ticket.pk,
                text=text,
                subject=mail.inbox.name if is_typed else "",
                to=mail.sender,
                at=moment(),
            )
    except Refused:
        return None
    return message.pk


def opening(mail: ReceivedMail, head: Head, inbox: Inbox, ticket: Ticket) -> Opening:
    """Gather what decides whether its sender is told."""
    # Of two mails of one sender at once the second counts what was sent because of the first.
    take_turns(f"acknowledging:{untagged(mail.sender)}")
    now = moment()
    trusted = inbox.spam == SpamPolicy.TRUST
    return Opening(
        sender=mail.sender,
        auto_kind=head.auto_kind,
        is_spam=ticket.is_spam or (trusted and bool(mail.spam)),
        from_own_address=queries.is_own_address(mail.sender),
        is_of_customer=customer_named("email", mail.sender) == ticket.customer,
        names_ticket=bool(numbers_in(mail.subject)) and ticket.follows_id is None,
        age=now - (head.date or mail.received_at),
        automatic_mails=queries.automatic_mails(mail, at=now),
    )
