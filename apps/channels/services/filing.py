"""Putting a mail where it belongs: on the ticket it answers, else on a new one."""

from apps.channels import queries
from apps.channels.models import ReceivedMail
from apps.channels.parsing import Mailbox, ParsedMail
from apps.customers.models import Customer
from apps.customers.services import find_or_create_customer
from apps.tickets.models import Message, Ticket
from apps.tickets.services.conversing import receive_message
from apps.tickets.services.opening import open_ticket
from apps.tickets.types import NewAttachment, NewMessage


def file_mail(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> tuple[Message, bool]:
    """Write the message; also tells whether a new ticket was opened for it."""
    customer = find_or_create_customer(kind="email", value=writer.address, name=writer.name)
    message = new_message(parsed)
    answered = answered_ticket(parsed)
    if answered is None:
        inbox = mail.inbox
        _, first = open_ticket(
            customer_id=customer.pk,
            subject=parsed.subject,
            message=message,
            channel="mail",
            inbox_address=inbox.address if inbox else "",
            team_id=inbox.team_id if inbox else None,
            at=mail.received_at,
        )
        return first, True
    written = receive_message(
        ticket_id=answered.pk,
        customer_id=customer.pk,
        message=message,
        why=stranger(answered, customer, writer),
        at=mail.received_at,
    )
    return written, written.ticket_id != answered.pk


def answered_ticket(parsed: ParsedMail) -> Ticket | None:
    """The ticket a mail belongs to: by what it answers, then by the address it was sent to."""
    identifiers = [parsed.in_reply_to, *reversed(parsed.references)]
    addresses = [*parsed.delivered_to, *(box.address for box in (*parsed.to, *parsed.cc))]
    return queries.ticket_answered(identifiers) or queries.ticket_addressed(addresses)


def stranger(ticket: Ticket, customer: Customer, writer: Mailbox) -> str:
    """What the timeline says of a reply that somebody else than the ticket's customer wrote."""
    if ticket.customer_id == customer.pk:
        return ""
    return f"Written by {writer.address}, who is not this ticket's customer."


def new_message(parsed: ParsedMail) -> NewMessage:
    """The mail in the words of tickets."""
    return NewMessage(
        text=parsed.text,
        visible=parsed.visible,
        html=parsed.html,
        subject=parsed.subject,
        message_id_header=parsed.message_id,
        in_reply_to=parsed.in_reply_to,
        to=next((box.address for box in parsed.to), ""),
        cc=", ".join(box.address for box in parsed.cc),
        attachments=tuple(
            NewAttachment(
                name=file.name,
                content_type=file.content_type,
                data=file.data,
                content_id=file.content_id,
            )
            for file in parsed.attachments
        ),
    )
