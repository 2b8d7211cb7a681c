"""Where a reply is on its way to the customer."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.states import check_move
from apps.tickets.events import DeliveryChanged
from apps.tickets.models import Message, Ticket
from apps.tickets.services.answering import answered_after_all, unanswered
from apps.tickets.services.changing import actor
from apps.tickets.services.keeping import hold_ticket
from apps.tickets.states import DELIVERY_MOVES, Delivery


@transaction.atomic
def change_delivery(
    *,
    message_id: int,
    delivery: str,
    error: str = "",
    message_id_header: str = "",
    by: User | None = None,
    why: str = "",
    unless: str | None = None,
    at: datetime,
) -> Message:
    """Move a reply along its delivery; saying the same again, or ``unless``, changes nothing.

    ``by`` and ``why`` are a person's, where it is not a mail server that says so. The ticket of
    a reply that nobody got is opened again.
    """
    ticket = ticket_concerned(message_id, delivery)
    message = locked(Message, message_id)
    if message.delivery in (delivery, unless):
        return message
    check_move(message, message.delivery, delivery, DELIVERY_MOVES)
    old, message.delivery = message.delivery, delivery
    message.delivery_error = error[:500]
    message.message_id_header = message_id_header or message.message_id_header
    message.sent_at = at if delivery == Delivery.SENT else message.sent_at
    message.save(update_fields=["delivery", "delivery_error", "message_id_header", "sent_at"])
    event = DeliveryChanged(
        ticket_id=message.ticket_id, message_id=message.pk, old=old, new=delivery
    )
    publish(event, actor=actor(by), why=(why or error)[:500])
    if ticket and delivery == Delivery.FAILED:
        unanswered(ticket, message, why="The reply was not sent.", at=at)
    elif ticket:
        answered_after_all(ticket, message, at=at)
    return message


def ticket_concerned(message_id: int, delivery: str) -> Ticket | None:
    """The ticket that a delivery changes, held before its message as everybody does."""
    concerned = Message.objects.filter(pk=message_id)
    if delivery == Delivery.SENT:
        concerned = concerned.filter(is_automatic=False, ticket__first_answered_at=None)
    elif delivery != Delivery.FAILED:
        return None
    number = concerned.values_list("ticket_id", flat=True).first()
    return None if number is None else hold_ticket(number)
