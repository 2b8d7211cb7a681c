"""Mail that one of us passes on: its first sender is the customer, our own words are a note."""

from django.conf import settings

from apps.accounts.models import User
from apps.channels import queries
from apps.channels.models import ReceivedMail
from apps.channels.parsing import Forwarded, ParsedMail
from apps.customers.services import find_or_create_customer
from apps.tickets.models import Message
from apps.tickets.services.conversing import write_note
from apps.tickets.services.opening import open_ticket
from apps.tickets.types import NewMessage


def forwarder(parsed: ParsedMail) -> User | None:
    """Whoever of us passed the mail of somebody else on, as far as its From says."""
    if parsed.forwarded is None or queries.is_own_address(parsed.forwarded.sender.address):
        return None
    person = User.objects.filter(email__iexact=parsed.sender.address, is_active=True).first()
    return person if person and person.has_perm("accounts.use_desk") else None


def is_proven(parsed: ParsedMail) -> bool:
    """Whether a mail server of ours says that the mail is of whom it names as its sender."""
    return parsed.vouched_by in settings.TRUSTED_MAIL_SERVERS


def disbelief(parsed: ParsedMail) -> str:
    """What the timeline says where a mail server of ours calls the sender forged."""
    servers = (name for name in parsed.disowned_by if name in settings.TRUSTED_MAIL_SERVERS)
    if server := next(servers, ""):
        return f"{server} does not believe that {parsed.sender.domain} sent it."
    return ""


def file_forwarded(
    mail: ReceivedMail, message: NewMessage, forwarded: Forwarded, agent: User
) -> Message:
    """Open a ticket of whoever wrote first; what the agent wrote above it becomes a note."""
    sender, inbox = forwarded.sender, mail.inbox
    customer = find_or_create_customer(kind="email", value=sender.address, name=sender.name)
    ticket, first = open_ticket(
        customer_id=customer.pk,
        subject=forwarded.subject or message.subject,
        message=message,
        channel="mail",
        inbox_address=inbox.address if inbox else "",
        team_id=inbox.team_id if inbox else None,
        actor=f"user:{agent.pk}",
        why=f"{agent} forwarded it from {sender.address}.",
        at=mail.received_at,
    )
    if note := forwarded.note.strip():
        key = f"mail:{mail.pk}"
        write_note(ticket_id=ticket.pk, text=note, by=agent, key=key, at=mail.received_at)
    return first
