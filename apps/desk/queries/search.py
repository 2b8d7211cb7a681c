"""Search over number, subject, customer, order number and text."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet

from apps.customers.models import Customer, Identity
from apps.tickets.models import Message, OrderMention, Ticket

LARGEST_NUMBER = 2**63 - 1


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
    if digits.isascii() and digits.isdecimal() and int(digits) <= LARGEST_NUMBER:
        return int(digits)
    return None


def text_query(words: str) -> SearchQuery | None:
    """All words, the last one perhaps unfinished; nothing when there is no word."""
    found = re.findall(r"\w+", words)
    if not found:
        return None
    terms = [f"'{word}'" for word in found]
    terms[-1] += ":*"
    return SearchQuery(" & ".join(terms), config="simple", search_type="raw")
