"""An agent answered: the reply leaves as mail, once, and its state is told honestly."""

from datetime import timedelta

from apps.channels.services.sending import send_reply
from apps.coordination.flows import FlowRun, OnDead, flow
from apps.coordination.types import RunEvent, RunGivenUp, RunParked
from apps.flows.steps import delivering
from apps.tickets.events import ReplyWithdrawn, ReplyWritten

SEND_REPLY = "send reply"


@flow(SEND_REPLY, version=2, on=ReplyWritten, on_dead=OnDead.SKIP, lane="mail")
def send_once_held(run: FlowRun[ReplyWritten]) -> None:
    """Wait for as long as its author may take it back, then send it unless that was done."""
    message, held = run.input.message_id, timedelta(seconds=run.input.hold_seconds)
    if held and run.wait("hold", ReplyWithdrawn, within=held, message_id=message):
        return
    if not run.transact("begin", delivering.begin_unless_withdrawn, message_id=message):
        return
    said = run.call("send", send_reply, message_id=message)
    delivery = delivering.delivery_of(said)
    run.transact("end", delivering.mark, message_id=message, delivery=delivery, error=said.told)


@flow(SEND_REPLY, version=1, on=ReplyWritten, on_dead=OnDead.SKIP, lane="mail")
def send(run: FlowRun[ReplyWritten]) -> None:
    """Mark it as sending, hand it to the mail server, write down what that said."""
    message = run.input.message_id
    run.transact("begin", delivering.begin, message_id=message)
    said = run.call("send", send_reply, message_id=message)
    delivery = delivering.delivery_of(said)
    run.transact("end", delivering.mark, message_id=message, delivery=delivery, error=said.error)


def is_of_a_reply(stopped: RunEvent) -> bool:
    """Whether it was a reply that came to a stop."""
    return stopped.flow == SEND_REPLY


@flow(
    "tell of a parked reply",
    version=1,
    on=(RunParked, RunGivenUp),
    on_dead=OnDead.SKIP,
    lane="mail",
    when=is_of_a_reply,
)
def tell_of_a_parked_reply(run: FlowRun[RunEvent]) -> None:
    """A reply whose run stopped shows as in doubt or failed, instead of sending for ever."""
    run.transact("mark", delivering.mark_parked, run_id=run.input.run_id)
