"""Where a ticket goes: the facts as rules see them, and the decision."""

from datetime import datetime, timedelta

from apps.coordination.events import moment
from apps.orders.queries import orders_named
from apps.orders.states import SETTLED
from apps.orders.types import OrderFacts
from apps.routing.rules import Facts
from apps.routing.services import route_ticket
from apps.routing.types import RoutingOutcome
from apps.tickets.models import Message, Ticket
from apps.tickets.services.spam import set_aside
from apps.triage.types import Verdict

USUAL_DELIVERY = timedelta(days=7)
"""An order that was placed longer ago and has not arrived is delayed; shops name no better day."""


def route(
    *, ticket_id: int, message_id: int, verdict: Verdict, label: str
) -> RoutingOutcome | None:
    """Evaluate the rules once and apply what they say; a ticket that is spam by now stays."""
    if set_aside(ticket_id=ticket_id, message_id=message_id):
        return None
    facts = facts_of(ticket_id, message_id, verdict=verdict, label=label)
    key = f"message:{message_id}"
    return route_ticket(key=key, ticket_id=ticket_id, facts=facts, at=moment())


def facts_of(ticket_id: int, message_id: int, *, verdict: Verdict, label: str) -> Facts:
    """Everything the rules may ask about a ticket, read now."""
    ticket = Ticket.objects.select_related("customer").get(pk=ticket_id)
    message = Message.objects.get(pk=message_id)
    mentions = ticket.order_mentions.filter(belongs=True).values_list("source", "number")
    order = next(iter(orders_named(mentions)), None)
    return Facts(
        label=label,
        confidence=verdict.confidence if verdict.sure else None,
        language=verdict.language,
        urgency=verdict.urgency,
        channel=ticket.channel,
        customer_tier=ticket.customer.tier,
        order_known=order is not None,
        order_status=order.status if order else "",
        order_total=float(order.total) if order and order.total is not None else None,
        order_delayed=order is not None and is_delayed(order, at=moment()),
        subject=ticket.subject,
        text=message.visible or message.text,
    )


def is_delayed(order: OrderFacts, *, at: datetime) -> bool:
    """Whether an order should have arrived by now and has not."""
    if order.placed_at is None or order.delivered_at is not None or order.status in SETTLED:
        return False
    return at - order.placed_at > USUAL_DELIVERY
