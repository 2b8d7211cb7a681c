"""Where a reply is on its way, as its run knows it."""

from apps.channels.services.composing import reply_identifier
from apps.coordination.events import moment
from apps.coordination.models import Run
from apps.coordination.states import DOUBTFUL, RunState, StepKind, StepState
from apps.tickets.models import Message
from apps.tickets.services.delivering import change_delivery
from apps.tickets.states import Delivery

STOPPED = (RunState.IN_DOUBT, RunState.DEAD, RunState.CANCELLED)
UNCERTAIN = ("", *DOUBTFUL)
"""Outcomes of an attempt that may have sent the reply, whatever a person decided since."""


def begin(*, message_id: int) -> None:
    """Give a reply its Message-ID, the same at each attempt, and show it as being sent."""
    message = Message.objects.select_related("ticket").get(pk=message_id)
    change_delivery(
        message_id=message_id,
        delivery=Delivery.SENDING,
        message_id_header=reply_identifier(message),
        at=moment(),
    )


def mark(*, message_id: int, delivery: str, error: str = "") -> None:
    """Write down how far a reply came."""
    change_delivery(message_id=message_id, delivery=delivery, error=error, at=moment())


def mark_parked(*, run_id: int) -> None:
    """Show a reply whose run has stopped as in doubt or failed; one that goes on is left."""
    run = Run.objects.get(pk=run_id)
    message = Message.objects.get(pk=run.input["message_id"])
    if run.state not in STOPPED or message.delivery == Delivery.SENT:
        return
    asked = run.steps.filter(kind=StepKind.CALL).exclude(state=StepState.DONE)
    doubtful = asked.filter(tries__outcome__in=UNCERTAIN).exists()
    delivery = Delivery.IN_DOUBT if doubtful else Delivery.FAILED
    mark(message_id=message.pk, delivery=delivery, error=run.error)
