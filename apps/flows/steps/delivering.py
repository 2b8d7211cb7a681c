"""Where a reply is on its way, as its run knows it."""

from apps.channels.services.composing import reply_identifier
from apps.channels.services.sending import send_reply
from apps.channels.types import SendOutcome
from apps.coordination.codec import decode
from apps.coordination.events import moment
from apps.coordination.models import Run
from apps.coordination.states import DOUBTFUL, RunState, StepKind, StepState
from apps.core.db import locked
from apps.tickets.models import Message
from apps.tickets.rules import FAILED
from apps.tickets.services.delivering import change_delivery
from apps.tickets.services.reporting import take_report
from apps.tickets.states import Delivery
from apps.tickets.types import Reported

STOPPED = (RunState.IN_DOUBT, RunState.DEAD, RunState.CANCELLED)
UNCERTAIN = ("", *DOUBTFUL)
"""Outcomes of an attempt that may have sent the reply, whatever a person decided since."""
LATER = ("mail_server_away", "mail_put_off")
"""What a mail server that says later is called when nobody waits any longer."""

NOT_KNOWN = "is not known. "
DOUBTS = {
    "Connection unexpectedly closed": "The mail server hung up after the text was handed over.",
    "An attempt never ended.": "The desk was stopped while it handed the text over.",
}


def begin(*, message_id: int) -> None:
    """Give a reply its Message-ID, the same at each attempt, and show it as being sent."""
    message = Message.objects.select_related("ticket").get(pk=message_id)
    change_delivery(
        message_id=message_id,
        delivery=Delivery.SENDING,
        message_id_header=reply_identifier(message),
        at=moment(),
    )


def begin_unless_withdrawn(*, message_id: int) -> bool:
    """Begin, unless its author took the reply back: of the two, whoever comes first stands."""
    if locked(Message, message_id).delivery == Delivery.WITHDRAWN:
        return False
    begin(message_id=message_id)
    return True


def mark(*, message_id: int, delivery: str, error: str = "") -> None:
    """Write down how far a reply came; what came back since says more than its mail server."""
    show(message_id=message_id, delivery=delivery, error=error)


def show(*, message_id: int, delivery: str, error: str) -> None:
    """Show it on the reply. One that was sent back at the door is as one that came back later."""
    at = moment()
    if delivery != Delivery.BOUNCED:
        known = Delivery.BOUNCED
        change_delivery(message_id=message_id, delivery=delivery, error=error, unless=known, at=at)
        return
    to = Message.objects.values_list("to", flat=True).get(pk=message_id)
    said = Reported(address=to, action=FAILED, diagnostic=error)
    take_report(message_id=message_id, said=[said], at=at)


def delivery_of(said: SendOutcome) -> Delivery:
    """What the mail server's answer makes of a reply; only copies of it may have left."""
    if said.sent and said.missed:
        return Delivery.BOUNCED
    return Delivery.SENT if said.sent else Delivery.FAILED


def mark_parked(*, run_id: int) -> None:
    """Show a reply whose run has stopped as far as is known; one that goes on is left."""
    run = Run.objects.get(pk=run_id)
    message = Message.objects.get(pk=run.input["message_id"])
    if run.state not in STOPPED or message.delivery in (Delivery.SENT, Delivery.BOUNCED):
        return
    delivery, error = fate_of(run)
    show(message_id=message.pk, delivery=delivery, error=error)


def fate_of(run: Run) -> tuple[Delivery, str]:
    """How far the reply of a stopped run came, and why no further.

    What the mail server answered counts, whatever failed after it. So does what a person said:
    a call that somebody marked as done has no answer of its own.
    """
    calls = run.steps.filter(kind=StepKind.CALL)
    if answered := calls.filter(state=StepState.DONE).first():
        known = send_reply.settled if answered.output is None else answered.output
        said = decode(SendOutcome, known)
        return delivery_of(said), said.told
    doubtful = calls.filter(tries__outcome__in=UNCERTAIN).exists()
    tried = "It was tried for a day. " if run.error_code in LATER else ""
    if doubtful:
        return Delivery.IN_DOUBT, doubt_of(run)
    return Delivery.FAILED, tried + run.error


def doubt_of(run: Run) -> str:
    """Why nobody knows whether a reply left, in words for whoever wrote it."""
    cause = run.error.rpartition(NOT_KNOWN)[2]
    if run.error_code != "in_doubt":
        return f"The desk does not know what an earlier try came to. Since then: {run.error}"
    return DOUBTS.get(cause, f"The text was handed over, and then: {cause}")
