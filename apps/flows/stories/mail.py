"""A mail came in: decide its one outcome."""

from apps.channels.events import MailEvent, MailStored, MailTakenUpAgain
from apps.channels.services.deciding import decide_mail
from apps.coordination.flows import FlowRun, OnDead, flow


@flow("take in", version=1, on=(MailStored, MailTakenUpAgain), on_dead=OnDead.SKIP)
def take_in(run: FlowRun[MailEvent]) -> None:
    """Ticket, reply, duplicate, ignored or quarantined: exactly one of them, once."""
    run.transact("decide", decide_mail, mail_id=run.input.mail_id)
