"""What is read about mailboxes and received mails: inboxes, threads; sums beside it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce, Lower

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.parsing import ParsedMail
from apps.channels.rules import (
    AUTOMATIC_WINDOW,
    BRAKE_WINDOW,
    OWN_IDENTIFIER,
    REPLY_ADDRESS,
    numbers_in,
)
from apps.channels.states import FILED, Outcome
from apps.coordination.models import Event
from apps.core.db import Untagged
from apps.core.signing import signature_holds
from apps.core.text import untagged
from apps.tickets.models import Message, Ticket
from apps.tickets.states import MessageKind

DESK_PURPOSE = "channels.desk"
REPLY_PURPOSE = "channels.reply"
MESSAGE_PURPOSE = "channels.message"


def inbox_for(addresses: Iterable[str]) -> Inbox | None:
    """The active inbox that one of these addresses names, else the default one.

    ``help+anything@`` is ``help@`` where it is no inbox itself.
    """
    named = inbox_at(addresses)
    return named or Inbox.objects.filter(is_default=True, is_active=True).first()


def inbox_at(addresses: Iterable[str]) -> Inbox | None:
    """The active inbox that the first of these addresses leads to, by what it sends from too.

    What comes back from an address that replies leave from is the inbox's as well.
    """
    plain = [each.lower() for each in addresses if each and each.isprintable()]
    wanted = list(dict.fromkeys(each for one in plain for each in (one, untagged(one))))
    boxes = Inbox.objects.filter(is_active=True).annotate(sends=Lower("reply_from"))
    rows = list(boxes.filter(Q(address__in=wanted) | Q(sends__in=wanted)).order_by("-pk"))
    found = {box.reply_from.lower(): box for box in rows} | {box.address: box for box in rows}
    return next((found[address] for address in wanted if address in found), None)


def is_own_address(address: str) -> bool:
    """Whether this is an inbox of ours, what one sends from, or a reply address."""
    return bool(own_addresses([address]))


def own_addresses(addresses: Iterable[str]) -> set[str]:
    """Those of these addresses that are our own, whatever stands behind a plus."""
    plain = {each: each.lower() for each in addresses if each and each.isprintable()}
    wanted = {each for one in plain.values() for each in (one, untagged(one))}
    boxes = Inbox.objects.annotate(sends=Lower("reply_from"))
    found = boxes.filter(Q(address__in=wanted) | Q(sends__in=wanted))
    known = {each for pair in found.values_list("address", "sends") for each in pair if each}
    return {
        address
        for address, one in plain.items()
        if {one, untagged(one)} & known or REPLY_ADDRESS.fullmatch(one)
    }


def addresses_of(mail: ReceivedMail, parsed: ParsedMail) -> list[str]:
    """Where a mail went, the envelope first: headers can lack it, or say what they like."""
    named = (box.address for box in (*parsed.to, *parsed.cc))
    return [each for each in (mail.recipient.lower(), *parsed.delivered_to, *named) if each]


def not_ours(addresses: Iterable[str]) -> list[str]:
    """The addresses among these at which somebody else is."""
    named = list(addresses)
    ours = own_addresses(named)
    return [address for address in named if address not in ours]


def is_own_mail(identifier: str, mark: str) -> bool:
    """Whether a mail carries a Message-ID, or the mark, that only we could have given it."""
    return ticket_of_identifier(identifier) is not None or (
        bool(mark) and signature_holds(DESK_PURPOSE, "", mark)
    )


def ticket_of_identifier(identifier: str) -> int | None:
    """The ticket that one of our own Message-IDs speaks of, if we signed it."""
    found = OWN_IDENTIFIER.fullmatch(identifier)
    if found and signature_holds(MESSAGE_PURPOSE, f"{found[1]}.{found[2]}", found[3]):
        return int(found[1])
    return None


def own_message(identifiers: Iterable[str]) -> Message | None:
    """The message that left under the first of these Message-IDs that we signed."""
    for identifier in identifiers:
        if ticket_of_identifier(identifier) is not None:
            number = identifier.split(".")[1]
            return Message.objects.filter(pk=number, message_id_header=identifier).first()
    return None


def ticket_of_address(address: str) -> int | None:
    """The ticket that one of our reply addresses speaks of, if we signed it."""
    found = REPLY_ADDRESS.fullmatch(address)
    if found and signature_holds(REPLY_PURPOSE, found[1], found[2]):
        return int(found[1])
    return None


def ticket_answered(identifiers: Iterable[str]) -> Ticket | None:
    """The ticket of the first Message-ID that is ours: signed by us, or one a reply left under.

    Each has 80 bits of a keyed hash, so nobody can guess one: who names it got that mail, or was
    passed it. One that others wrote proves nothing, see ``ticket_shared``.
    """
    wanted = [identifier for identifier in identifiers if identifier]
    replies = Message.objects.filter(kind=MessageKind.OUTGOING, message_id_header__in=wanted)
    sent = dict(replies.values_list("message_id_header", "ticket_id"))
    numbers = (ticket_of_identifier(item) or sent.get(item) for item in wanted)
    return _first_ticket(number for number in numbers if number)


def ticket_addressed(addresses: Iterable[str]) -> Ticket | None:
    """The ticket whose reply address is among these."""
    return _first_ticket(number for item in addresses if (number := ticket_of_address(item)))


def ticket_shared(identifiers: Iterable[str], writer: str) -> Ticket | None:
    """The ticket that a mail of somebody's is on, if the writer is its customer or follows it.

    Programs write one Message-ID into many mails, so a ticket of the writer's own comes first.
    """
    wanted = [identifier for identifier in identifiers if identifier]
    mails = Message.objects.filter(kind=MessageKind.INCOMING, message_id_header__in=wanted)
    whose = {"kind": "email", "value": writer}
    asked = {f"ticket__customer__identities__{name}": value for name, value in whose.items()}
    known: dict[str, int] = {}
    for part in ({"ticket__followers__address": writer}, asked):
        rows = mails.filter(**part).order_by("-pk")
        known |= dict(rows.values_list("message_id_header", "ticket_id"))
    return _first_ticket(known[item] for item in wanted if item in known)


def ticket_named(subject: str, writer: str) -> Ticket | None:
    """The ticket whose number a subject names, if the writer is its customer or follows it."""
    takes_part = Q(customer__identities__kind="email", customer__identities__value=writer) | Q(
        followers__address=writer
    )
    named = numbers_in(subject)
    open_to = Ticket.objects.filter(takes_part, pk__in=named) if named else Ticket.objects.none()
    known = set(open_to.values_list("pk", flat=True))
    return _first_ticket(number for number in named if number in known)


def _first_ticket(numbers: Iterable[int]) -> Ticket | None:
    wanted = list(dict.fromkeys(numbers))
    found = Ticket.objects.in_bulk(wanted)
    return next((found[number] for number in wanted if number in found), None)


def was_ignored_by_rule(mail: ReceivedMail) -> bool:
    """Whether it is ignored, and no person ever decided that."""
    if mail.outcome != Outcome.IGNORED:
        return False
    decided = Event.objects.filter(stream=f"mail:{mail.pk}", type="MailDecided")
    return not decided.filter(actor__startswith="user:").exists()


def mails_of(sender: str) -> QuerySet[ReceivedMail]:
    """The mails of an address, whatever stood behind its plus: a machine can write it anew."""
    plain = ReceivedMail.objects.alias(person=Untagged("sender"))
    return plain.filter(person=untagged(sender))


def recent_from(mail: ReceivedMail, sender: str) -> int:
    """How many mails of a sender were filed that came in the minutes before this one, or after it.

    One that was collected late counts for when it came, so the later ones may be filed first.
    """
    moment = mail.reached_at or mail.received_at
    since, until = moment - BRAKE_WINDOW, moment + BRAKE_WINDOW
    filed = mails_of(sender).filter(outcome__in=FILED).exclude(pk=mail.pk)
    around = filed.filter(received_at__gt=since).annotate(
        came=Coalesce("reached_at", "received_at")
    )
    counted: dict[str, int] = around.aggregate(
        before=Count("pk", filter=Q(came__gt=since, came__lte=moment)),
        after=Count("pk", filter=Q(came__gte=moment, came__lt=until)),
    )
    return max(counted.values())


def automatic_mails(mail: ReceivedMail, *, at: datetime) -> int:
    """How many automatic mails its inbox sent to the sender of a mail lately."""
    since = at - AUTOMATIC_WINDOW
    theirs = mails_of(mail.sender).filter(
        inbox=mail.inbox_id, received_at__gt=since - AUTOMATIC_WINDOW
    )
    sent = Message.objects.filter(is_automatic=True, created_at__gt=since)
    return sent.filter(ticket__in=theirs.filter(outcome__in=FILED).values("ticket")).count()
