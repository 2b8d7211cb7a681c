"""Which orders a message is about: found by plain patterns, believed once a shop knows them."""

from apps.coordination.events import moment, publish
from apps.flows.events import OrdersWanted, ShopsAsked
from apps.orders.queries import find_orders
from apps.orders.rules import spelled
from apps.orders.services.mirroring import mirror_orders
from apps.orders.types import OrderFacts
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import mention_order
from apps.triage.extract import find_order_numbers

MOST_WANTED = 3


def find(*, ticket_id: int, message_id: int) -> list[str]:
    """Join the orders of a message that the mirror holds; returns the numbers it does not."""
    message = Message.objects.select_related("ticket").get(pk=message_id)
    text = f"{message.ticket.subject}\n{message.visible or message.text}"
    named = find_order_numbers(text)
    held = find_orders([candidate.number for candidate in named])
    join(ticket_id, held)
    known = {spelled(order.number) for order in held}
    wanted = [
        candidate.number
        for candidate in named
        if candidate.named and spelled(candidate.number) not in known
    ][:MOST_WANTED]
    if wanted:
        publish(
            OrdersWanted(ticket_id=ticket_id, message_id=message_id, numbers=tuple(wanted)),
            why="The message names orders that the mirror does not hold.",
        )
    return wanted


def join_found(*, ticket_id: int, message_id: int, found: list[OrderFacts]) -> None:
    """Mirror what the shops know, join it with the ticket, and tell who waits for it."""
    mirror_orders(found=found, at=moment())
    numbers = [order.number for order in found]
    join(ticket_id, find_orders(numbers))
    publish(ShopsAsked(ticket_id=ticket_id, message_id=message_id, found=tuple(numbers)))


def join(ticket_id: int, orders: list[OrderFacts]) -> None:
    """Join the ticket with orders, and say whether they are this customer's."""
    customer_id = Ticket.objects.values_list("customer_id", flat=True).get(pk=ticket_id)
    for order in orders:
        mention_order(
            ticket_id=ticket_id,
            source=order.shop,
            number=order.number,
            belongs=order.customer_id == customer_id,
            at=moment(),
        )
