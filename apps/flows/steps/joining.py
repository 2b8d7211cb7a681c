"""Which orders a message is about: found by plain patterns, believed once a shop knows them."""

from typing import Any

from apps.coordination.events import moment, publish
from apps.coordination.models import Event
from apps.flows.events import OrdersWanted, ShopAsked, ShopsAsked
from apps.orders.queries import find_orders, shops_to_ask
from apps.orders.rules import spelled
from apps.orders.services.mirroring import mirror_orders
from apps.orders.types import OrderFacts
from apps.tickets.events import TicketEvent
from apps.tickets.models import Message, Ticket
from apps.tickets.services.changing import mention_order
from apps.triage.extract import find_order_numbers

MOST_WANTED = 3


def find(*, ticket_id: int, message_id: int) -> list[str]:
    """Join the orders of a message that the mirror holds; returns those that shops are asked for.

    Each shop is asked by a run of its own, so that one that is away delays no other.
    """
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
    shops = shops_to_ask() if wanted else []
    for shop in shops:
        publish(
            OrdersWanted(
                ticket_id=ticket_id, message_id=message_id, shop=shop, numbers=tuple(wanted)
            ),
            why="The message names orders that the mirror does not hold.",
        )
    return wanted if shops else []


def join_found(*, ticket_id: int, message_id: int, shop: str, found: list[OrderFacts]) -> None:
    """Mirror what a shop knows, and join it with the ticket; the last shop tells who waits."""
    mirror_orders(found=found, at=moment())
    numbers = tuple(order.number for order in found)
    join(ticket_id, find_orders(numbers))
    about = {"ticket_id": ticket_id, "message_id": message_id}
    answer = ShopAsked(**about, shop=shop, found=numbers)
    publish(answer)  # which holds the ticket's log: of two at once, the second sees the first
    answers = {said["shop"]: said["found"] for said in told(ShopAsked, answer, message_id)}
    if answers.keys() >= {said["shop"] for said in told(OrdersWanted, answer, message_id)}:
        known = tuple(number for numbers in answers.values() for number in numbers)
        publish(ShopsAsked(**about, found=known))


def told(kind: type[TicketEvent], of: TicketEvent, message_id: int) -> list[dict[str, Any]]:
    """What the ticket's log says of a message in events of this kind, in order."""
    log = Event.objects.filter(
        stream=of.stream, type=kind.name, payload__contains={"message_id": message_id}
    )
    return list(log.order_by("seq").values_list("payload", flat=True))


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
