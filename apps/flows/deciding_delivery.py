"""What a person decides about a reply that failed or is in doubt: it arrived, or send it again."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.coordination.events import start_run
from apps.coordination.models import Run
from apps.coordination.services.operating import run_again, settle_outside
from apps.coordination.states import LIVE, PARKED, StepKind, StepState
from apps.core.db import locked
from apps.core.errors import NotFound, Refused
from apps.flows.stories.replying import SEND_REPLY
from apps.tickets.events import ReplyWritten
from apps.tickets.models import Message
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.reporting import held
from apps.tickets.states import Delivery, MessageKind

UNDECIDED = (Delivery.IN_DOUBT, Delivery.FAILED)


class NothingToDecide(Refused):
    """Only of a reply that failed or is in doubt somebody says what is to become of it."""

    message = "There is nothing to decide about this reply: it is {state}."


class OnItsWay(Refused):
    """Somebody was faster."""

    message = "This reply is being sent already. Wait a moment and look again."


@transaction.atomic
def confirm_arrival(*, message_id: int, by: User, why: str = "", at: datetime) -> Message:
    """Say that a reply in doubt arrived; it counts as sent, and nothing is sent.

    Raises NothingToDecide, OnItsWay.
    """
    message, run = decidable(message_id, Delivery.IN_DOUBT)
    reason = why or "It arrived."
    if run and run.state in PARKED:
        settle_outside(run_id=run.pk, by=f"user:{by.pk}", why=reason)
    elif run and run.state in LIVE:
        raise OnItsWay
    return change_delivery(message_id=message.pk, delivery=Delivery.SENT, by=by, why=why, at=at)


@transaction.atomic
def send_again(*, message_id: int, by: User, why: str = "", at: datetime) -> Message:
    """Send a reply that failed or is in doubt once more, as the same mail.

    Whoever got it in spite of the doubt may get it twice. Without a why its event keeps what
    became of the try before. Raises NothingToDecide, OnItsWay.
    """
    message, run = decidable(message_id, *UNDECIDED)
    reason = why or "It was sent again."
    if run and run.state in LIVE:
        raise OnItsWay
    if run and run.state in PARKED and not was_answered(run):
        run_again(run_id=run.pk, by=f"user:{by.pk}", why=reason)
        delivery = Delivery.SENDING
    else:
        written = ReplyWritten(ticket_id=message.ticket_id, message_id=message.pk)
        start_run(flow=SEND_REPLY, key=written.stream, input=written)
        delivery = Delivery.QUEUED
    before = why or message.delivery_error
    return change_delivery(message_id=message.pk, delivery=delivery, by=by, why=before, at=at)


def decidable(message_id: int, *states: str) -> tuple[Message, Run | None]:
    """The reply, if it is in one of these states, and the run that last sent it; both held."""
    runs = Run.objects.filter(flow=SEND_REPLY, input__message_id=message_id)
    found = runs.order_by("-pk").values_list("pk", flat=True).first()
    try:
        run = locked(Run, found) if found else None
    except NotFound:
        run = None  # retention has just removed it
    message = held(message_id)[1]
    if message.kind != MessageKind.OUTGOING:
        raise NotFound(thing="reply", key=message_id)
    if message.delivery not in states:
        raise NothingToDecide(state=Delivery(message.delivery).label.lower())
    return message, run


def was_answered(run: Run) -> bool:
    """Whether the mail server's answer is in: then the run sends nothing more."""
    return run.steps.filter(kind=StepKind.CALL, state=StepState.DONE).exists()
