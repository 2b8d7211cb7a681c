"""Putting a mail where it belongs: on the ticket it answers, else on a new one."""

from dataclasses import replace
from datetime import datetime

from apps.channels import queries
from apps.channels.models import ReceivedMail
from apps.channels.parsing import Mailbox, ParsedMail
from apps.channels.parsing.calendar import calendar_line
from apps.channels.parsing.sealed import SEALS
from apps.channels.rules import is_robot
from apps.channels.services.forwarding import (
    disbelief,
    file_forwarded,
    forwarder,
    is_proven,
)
from apps.channels.states import Source, SpamPolicy
from apps.customers.models import Customer
from apps.customers.services import find_or_create_customer
from apps.tickets.models import Message, Ticket
from apps.tickets.services.addressing import deliverable
from apps.tickets.services.conversing import receive_message
from apps.tickets.services.following import MOST_FOLLOWERS, follow
from apps.tickets.services.opening import open_ticket
from apps.tickets.types import NewAttachment, NewMessage

MOST_DATES = 3
FORM_PROBLEM = "Anybody can type any address into a form: who wrote it is not proven."
UNBELIEVED = "So nobody else whom it went to follows the ticket."
BLIND = (
    "No address of ours stands in its To or Cc, as with a Bcc: "
    "nobody else whom it went to follows the ticket."
)
UNPROVEN = "It looks forwarded by {agent}, but no mail server of ours says that they sent it."


def file_mail(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> tuple[Message, bool]:
    """Write the message; also tells whether a new ticket was opened for it."""
    if answered := answered_ticket(mail, parsed, writer):
        written = file_reply(mail, parsed, writer, answered)
        return written, written.ticket_id != answered.pk
    agent, forwarded = forwarder(parsed), parsed.forwarded
    if agent and forwarded and is_proven(parsed) and not suspicion(mail):
        text = forwarded.text
        message = replace(new_message(parsed), text=text, visible=text, html="", in_reply_to="")
        return file_forwarded(mail, message, forwarded, agent), True
    doubt = UNPROVEN.format(agent=agent) if agent else ""
    return file_new(mail, parsed, writer, doubt), True


def file_reply(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox, ticket: Ticket) -> Message:
    """Add it to the ticket that it answers, under its writer's own name."""
    customer = find_or_create_customer(kind="email", value=writer.address, name=writer.name)
    return receive_message(
        ticket_id=ticket.pk,
        customer_id=customer.pk,
        message=new_message(parsed),
        why=remarks(
            stranger(ticket, customer, writer),
            suspicion(mail),
            disbelief(parsed),
            *origin(mail, parsed, writer),
            *hints(parsed),
        ),
        at=mail.received_at,
    )


def file_new(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox, doubt: str) -> Message:
    """Open a ticket, which the others that the mail went to follow."""
    customer = find_or_create_customer(kind="email", value=writer.address, name=writer.name)
    inbox, people = mail.inbox, others(mail, parsed, writer)
    alone = why_alone(mail, parsed) if people else ""
    ticket, first = open_ticket(
        customer_id=customer.pk,
        subject=parsed.subject,
        message=new_message(parsed),
        channel="mail",
        inbox_address=inbox.address if inbox else "",
        team_id=inbox.team_id if inbox else None,
        is_spam=bool(suspicion(mail)),
        why=remarks(
            doubt,
            suspicion(mail),
            disbelief(parsed),
            alone,
            *origin(mail, parsed, writer),
            *hints(parsed),
        ),
        at=mail.received_at,
    )
    if not alone:
        let_follow(ticket, people, at=mail.received_at)
    return first


def let_follow(ticket: Ticket, people: list[Mailbox], *, at: datetime) -> None:
    """Send copies to these people; to the first of them where they are too many."""
    reached = [box for box in people if deliverable(ticket, box.address)]
    if not reached:
        return
    some = reached[:MOST_FOLLOWERS]
    whom = "somebody else" if len(reached) == 1 else f"{len(reached)} others"
    rest = f"; the first {len(some)} follow" if len(some) < len(reached) else ""
    follow(
        ticket_id=ticket.pk,
        addresses=[box.address for box in some],
        names={box.address: box.name for box in some},
        actor="customer",
        why=f"The mail went to {whom} as well{rest}.",
        at=at,
    )


def suspicion(mail: ReceivedMail) -> str:
    """Who calls it spam; nobody where its inbox trusts all mail, or a person wants it filed."""
    trusted = mail.inbox is not None and mail.inbox.spam == SpamPolicy.TRUST
    return "" if trusted or mail.is_insisted else mail.spam


def answered_ticket(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> Ticket | None:
    """The ticket a mail belongs to: by what it answers, where it was sent to, what it is about.

    What we signed comes first, for only who got it knows it. A Message-ID of others and a number
    in the subject are no secrets: they count for those who take part in the ticket, and a number
    not where anybody could have typed their address.
    """
    is_doubtful = suspicion(mail) or is_typed(mail, parsed, writer)
    identifiers = [parsed.in_reply_to, *reversed(parsed.references)]
    return (
        queries.ticket_answered(identifiers)
        or queries.ticket_addressed(queries.addresses_of(mail, parsed))
        or queries.ticket_shared(identifiers, writer.address)
        or (None if is_doubtful else queries.ticket_named(parsed.subject, writer.address))
    )


def is_typed(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> bool:
    """Whether the writer's address was typed into a form, ours or another one."""
    return mail.source == Source.FORM or writer.address != parsed.sender.address


def origin(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> list[str]:
    """What the timeline says where it is not plain who wrote it."""
    if mail.source == Source.FORM:
        return [FORM_PROBLEM]
    sender, other = parsed.sender.address, parsed.reply_to.address
    if writer.address != sender:
        return [f"Sent by {sender}, which names {other} for answers: who wrote it is not proven."]
    if not other or other == sender or queries.is_own_address(other):
        return []
    return [f"It asks for answers to {other} (Reply-To); they go to its sender."]


def others(mail: ReceivedMail, parsed: ParsedMail, writer: Mailbox) -> list[Mailbox]:
    """The people whom a mail names besides its writer and us, each once.

    Through a group or list, nobody is somebody else for sure, nor is the only one whom it
    names: that may be ourselves, by a name that nobody told the desk.
    """
    if parsed.auto_kind == "bulk" or (mail.inbox and mail.inbox.takes_lists):
        return []
    named: dict[str, Mailbox] = {}
    for box in (*parsed.to, *parsed.cc):
        named.setdefault(box.address, box)
    known = {
        *queries.own_addresses(named),
        writer.address,
        parsed.sender.address,
        mail.recipient.lower(),
        *parsed.delivered_to,
    }
    new = (box for box in named.values() if box.address not in known)
    people = [box for box in new if not is_robot(box.address)]
    return people if len(named) > 1 or names_us(mail, parsed) else []


def why_alone(mail: ReceivedMail, parsed: ParsedMail) -> str:
    """Why those whom a mail names do not follow its ticket; empty where they do.

    Whoever got us a mail by Bcc did not want them to know, and a forger names whom they like.
    """
    if disbelief(parsed):
        return UNBELIEVED
    return "" if names_us(mail, parsed) else BLIND


def names_us(mail: ReceivedMail, parsed: ParsedMail) -> bool:
    """Whether everybody who got a mail can see that we did."""
    named = {box.address for box in (*parsed.to, *parsed.cc)}
    return mail.recipient.lower() in named or bool(queries.own_addresses(named))


def stranger(ticket: Ticket, customer: Customer, writer: Mailbox) -> str:
    """What the timeline says of a reply by somebody who takes no part in the ticket."""
    if ticket.customer_id == customer.pk:
        return ""
    if ticket.followers.filter(address=writer.address).exists():
        return f"Written by {writer.address}, who follows this ticket."
    return f"Written by {writer.address}, who is not this ticket's customer."


def seals(parsed: ParsedMail) -> list[str]:
    """What keeps people from reading it, or from trusting it as it stands."""
    return [f"{seal[:1].upper()}{seal[1:]}." for seal in parsed.problems if seal in SEALS]


def remarks(*sentences: str) -> str:
    """Sentences for the timeline, one after the other."""
    return " ".join(sentence for sentence in sentences if sentence)


def hints(parsed: ParsedMail) -> list[str]:
    """What the parts that are only kept are about: an invitation, a seal."""
    dates = (each.data for each in parsed.attachments if each.content_type == "text/calendar")
    lines = [f"{line}." for data in dates if (line := calendar_line(data))]
    return [*lines[:MOST_DATES], *seals(parsed)]


def new_message(parsed: ParsedMail) -> NewMessage:
    """The mail in the words of tickets; where it has none, what its parts are is said instead."""
    said = "" if parsed.text else remarks(*hints(parsed))
    return NewMessage(
        text=parsed.text or (said and f"[{said}]"),
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
                lies_at=file.lies_at,
            )
            for file in parsed.attachments
        ),
    )
