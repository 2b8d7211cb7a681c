"""A mail came in: decide its one outcome, and tell who opened a ticket that it arrived."""

from apps.channels.events import MailEvent, MailStored, MailTakenUpAgain
from apps.channels.services.acknowledging import acknowledge_mail
from apps.channels.services.deciding import decide_mail
from apps.channels.states import Outcome
from apps.coordination.flows import FlowRun, OnDead, flow
from apps.flows.steps import acknowledging
from apps.tickets.events import MessageAccepted

TAKE_IN = "take in"


@flow(TAKE_IN, version=2, on=(MailStored, MailTakenUpAgain), on_dead=OnDead.SKIP)
def take_in_and_acknowledge(run: FlowRun[MailEvent]) -> None:
    """Exactly one outcome, once; where that is a ticket its inbox may say so, once."""
    mail = run.input.mail_id
    decided = run.transact("decide", decide_mail, mail_id=mail)
    if decided.outcome == Outcome.TICKET:
        run.transact("acknowledge", acknowledge_mail, mail_id=mail)


@flow(TAKE_IN, version=1, on=(MailStored, MailTakenUpAgain), on_dead=OnDead.SKIP)
def take_in(run: FlowRun[MailEvent]) -> None:
    """Ticket, reply, duplicate, ignored or quarantined: exactly one of them, once."""
    run.transact("decide", decide_mail, mail_id=run.input.mail_id)


def opened_a_ticket(accepted: MessageAccepted) -> bool:
    """Whether it is the first message of its ticket."""
    return accepted.first


@flow(
    "acknowledge what is no spam",
    version=1,
    on=MessageAccepted,
    on_dead=OnDead.SKIP,
    lane="acknowledgement",
    when=opened_a_ticket,
)
def acknowledge_what_is_no_spam(run: FlowRun[MessageAccepted]) -> None:
    """Somebody said that a ticket is no spam: now its sender is told as well."""
    run.transact("acknowledge", acknowledging.acknowledge, message_id=run.input.message_id)
