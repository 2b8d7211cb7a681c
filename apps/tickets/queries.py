"""Finding tickets: by their parts for the wire, by words anywhere in them."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet

from apps.coordination.models import Event
from apps.core.errors import NotFound, Refused
from apps.customers.models import Customer, Identity
from apps.tickets.models import Attachment, Message, OrderMention, Ticket

LARGEST_NUMBER = 2**63 - 1


class FileWithheld(Refused):
    """Nobody gets this file: not yet, or never."""

    message = "{why}"


def whole_tickets() -> QuerySet[Ticket]:
    """Tickets with what a list shows of them, in a bounded number of queries."""
    tickets = Ticket.objects.select_related("customer")
    return tickets.prefetch_related("customer__identities", "tags", "followers")


def ticket_numbered(number: int) -> Ticket:
    """One ticket with what a list shows of it. Raises NotFound."""
    ticket = whole_tickets().filter(pk=number).first()
    if ticket is None:
        raise NotFound(thing="ticket", key=number)
    return ticket


def messages_of(ticket_id: int) -> QuerySet[Message]:
    """What was written on a ticket, with authors and the names of files. Raises NotFound."""
    if not Ticket.objects.filter(pk=ticket_id).exists():
        raise NotFound(thing="ticket", key=ticket_id)
    messages = Message.objects.filter(ticket_id=ticket_id).select_related("author")
    return messages.prefetch_related("attachments")


def events_of(ticket_id: int) -> QuerySet[Event]:
    """A ticket's story, event by event. Raises NotFound."""
    if not Ticket.objects.filter(pk=ticket_id).exists():
        raise NotFound(thing="ticket", key=ticket_id)
    return Event.objects.filter(stream=f"ticket:{ticket_id}")


def attachment_of(ticket_id: int, attachment_id: int) -> Attachment:
    """A file of one ticket. Raises NotFound."""
    found = Attachment.objects.filter(pk=attachment_id, message__ticket=ticket_id).first()
    if found is None:
        raise NotFound(thing="attachment", key=attachment_id)
    return found


def matching(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Keep the tickets that have these words somewhere; no words keep all.

    Each place to look is a query of its own over its own index, and their union is what counts.
    One condition with OR would read the whole table.
    """
    if not words:
        return tickets
    customers = Customer.objects.filter(name__icontains=words).values("pk")
    identities = Identity.objects.filter(value__icontains=words).values("customer_id")
    places = [
        Ticket.objects.filter(subject__icontains=words).values("pk"),
        Ticket.objects.filter(customer__in=customers.union(identities)).values("pk"),
        OrderMention.objects.filter(number__iexact=words.lstrip("#")).values("ticket_id"),
    ]
    if (number := ticket_number(words)) is not None:
        places.append(Ticket.objects.filter(pk=number).values("pk"))
    if text := text_query(words):
        vector = SearchVector("visible", config="simple")
        said = Message.objects.annotate(said=vector).filter(said=text)
        places.append(said.values("ticket_id"))
    return tickets.filter(pk__in=places[0].union(*places[1:]))


def ticket_number(words: str) -> int | None:
    """The ticket number that somebody typed, with or without a hash."""
    digits = words.removeprefix("#")
    if digits.isascii() and digits.isdecimal() and len(digits) < 20:
        return int(digits) if int(digits) <= LARGEST_NUMBER else None
    return None


def text_query(words: str) -> SearchQuery | None:
    """All words, the last one perhaps unfinished; nothing when there is no word."""
    found = re.findall(r"\w+", words)
    if not found:
        return None
    terms = [f"'{word}'" for word in found]
    terms[-1] += ":*"
    return SearchQuery(" & ".join(terms), config="simple", search_type="raw")
