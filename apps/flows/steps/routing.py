"""Where a ticket goes: the facts as rules see them, and the decision."""

from django.utils import timezone

from apps.orders.queries import orders_named
from apps.routing.rules import Facts
from apps.routing.services import route_ticket
from apps.routing.types import RoutingOutcome
from apps.tickets.models import Message, Ticket
from apps.triage.types import Verdict


def route(*, ticket_id: int, message_id: int, verdict: Verdict, label: str) -> RoutingOutcome:
    """Evaluate the rules once and apply what they say."""
    facts = facts_of(ticket_id, message_id, verdict=verdict, label=label)
    key = f"message:{message_id}"
    return route_ticket(key=key, ticket_id=ticket_id, facts=facts, at=timezone.now())


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
        subject=ticket.subject,
        text=message.visible or message.text,
    )
