"""What stands beside a conversation: the customer, their other tickets, the engine's runs."""

from apps.coordination.models import Run
from apps.orders.queries import orders_named, orders_of_customer
from apps.orders.types import OrderFacts
from apps.tickets.models import OrderMention, Ticket

MOST_OTHERS = 5
MOST_RUNS = 12
MOST_ORDERS = 5


def other_tickets(ticket: Ticket) -> list[Ticket]:
    """The latest other tickets of the same customer."""
    others = Ticket.objects.filter(customer=ticket.customer_id).exclude(pk=ticket.pk)
    return list(others.order_by("-pk")[:MOST_OTHERS])


def runs_of(ticket: Ticket) -> list[Run]:
    """The latest runs that worked on a ticket, with their steps, newest first."""
    runs = Run.objects.filter(serial_key=ticket.stream).prefetch_related("steps")
    return list(runs.order_by("-pk")[:MOST_RUNS])


def mentions_of(ticket: Ticket) -> list[OrderMention]:
    """The orders that a ticket names, once they were found."""
    return list(ticket.order_mentions.order_by("pk")[:MOST_ORDERS])


def orders_beside(ticket: Ticket, mentions: list[OrderMention]) -> list[OrderFacts]:
    """The orders a ticket names, then the customer's latest others."""
    named = orders_named((mention.source, mention.number) for mention in mentions)
    known = {(order.shop, order.number) for order in named}
    others = orders_of_customer(ticket.customer_id, MOST_ORDERS)
    return [*named, *(order for order in others if (order.shop, order.number) not in known)]
