"""Where a reply is on its way to the customer."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import publish
from apps.core.db import locked
from apps.core.states import check_move
from apps.tickets.events import DeliveryChanged
from apps.tickets.models import Message
from apps.tickets.services.changing import actor
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
    at: datetime,
) -> Message:
    """Move a reply along its delivery; saying the same again changes nothing.

    ``by`` and ``why`` are a person's, where it is not a mail server that says so.
    """
    message = locked(Message, message_id)
    if message.delivery == delivery:
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
    return message
