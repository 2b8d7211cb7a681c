"""What is read about mailboxes and received mails: inboxes, threads; sums beside it."""

from collections.abc import Iterable

from django.db.models import Q

from apps.channels.models import Inbox, ReceivedMail
from apps.channels.rules import BRAKE_WINDOW, OWN_IDENTIFIER, REPLY_ADDRESS
from apps.channels.states import FILED
from apps.core.signing import signature_holds
from apps.tickets.models import Message, Ticket

DESK_PURPOSE = "channels.desk"
REPLY_PURPOSE = "channels.reply"
MESSAGE_PURPOSE = "channels.message"


def inbox_for(addresses: Iterable[str]) -> Inbox | None:
    """The active inbox that one of these addresses names, else the default one."""
    wanted = [address.lower() for address in addresses]
    found = {box.address: box for box in Inbox.objects.filter(address__in=wanted, is_active=True)}
    named = (found[address] for address in wanted if address in found)
    return next(named, None) or Inbox.objects.filter(is_default=True, is_active=True).first()


def is_own_address(address: str) -> bool:
    """Whether this is an inbox of ours, what one sends from, or a reply address."""
    plain = address.lower()
    if not plain or REPLY_ADDRESS.fullmatch(plain):
        return bool(plain)
    return Inbox.objects.filter(Q(address=plain) | Q(reply_from__iexact=plain)).exists()


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
    """The ticket of the first identifier that is known: ours, or one that came in before."""
    wanted = [identifier for identifier in identifiers if identifier]
    rows = Message.objects.filter(message_id_header__in=wanted).order_by("-pk")
    known = dict(rows.values_list("message_id_header", "ticket_id"))
    numbers = (ticket_of_identifier(item) or known.get(item) for item in wanted)
    return _first_ticket(number for number in numbers if number)


def ticket_addressed(addresses: Iterable[str]) -> Ticket | None:
    """The ticket whose reply address is among these."""
    return _first_ticket(number for item in addresses if (number := ticket_of_address(item)))


def _first_ticket(numbers: Iterable[int]) -> Ticket | None:
    wanted = list(dict.fromkeys(numbers))
    found = Ticket.objects.in_bulk(wanted)
    return next((found[number] for number in wanted if number in found), None)


def recent_from(mail: ReceivedMail, sender: str) -> int:
    """How many mails of a sender were filed in the minutes before this one."""
    since = mail.received_at - BRAKE_WINDOW
    before = ReceivedMail.objects.filter(sender=sender, received_at__gt=since, outcome__in=FILED)
    return before.exclude(pk=mail.pk).count()
