"""What stands beside a conversation: the customer, their other tickets, the engine's runs."""

from apps.coordination.models import Run
from apps.tickets.models import Ticket

MOST_OTHERS = 5
MOST_RUNS = 12


def other_tickets(ticket: Ticket) -> list[Ticket]:
    """The latest other tickets of the same customer."""
    others = Ticket.objects.filter(customer=ticket.customer_id).exclude(pk=ticket.pk)
    return list(others.order_by("-pk")[:MOST_OTHERS])


def runs_of(ticket: Ticket) -> list[Run]:
    """The latest runs that worked on a ticket, with their steps, newest first."""
    runs = Run.objects.filter(serial_key=ticket.stream).prefetch_related("steps")
    return list(runs.order_by("-pk")[:MOST_RUNS])
