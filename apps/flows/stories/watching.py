"""Promises about time are watched while a ticket is open; a lead hears when one is in danger."""

from apps.channels.services.sending import send_notice
from apps.coordination.flows import FlowRun, OnDead, flow
from apps.escalation.services import write_notice
from apps.flows.steps import watching
from apps.tickets.events import (
    PriorityChanged,
    ReplyWritten,
    SpamChanged,
    StatusChanged,
    TicketEscalated,
    TicketEvent,
    TicketOpened,
    TicketReopened,
)

WATCH = "watch promises"
ROUNDS = 40
"""After so many changes a fresh run takes over."""


def is_promised(said: TicketOpened | TicketReopened | SpamChanged) -> bool:
    """Whether promises begin to run: nothing is promised to spam."""
    if isinstance(said, SpamChanged):
        return not said.new
    return isinstance(said, TicketReopened) or not said.spam


@flow(
    WATCH,
    version=2,
    on=(TicketOpened, TicketReopened, SpamChanged),
    on_dead=OnDead.SKIP,
    lane="promises",
    when=is_promised,
)
def watch(run: FlowRun[TicketEvent]) -> None:
    """Look, wait until a promise is in danger or something changes, escalate; until it is over."""
    tell(run, PriorityChanged, StatusChanged, ReplyWritten, SpamChanged)


@flow(WATCH, version=1, on=(TicketOpened, TicketReopened), on_dead=OnDead.SKIP, lane="promises")
def watch_all(run: FlowRun[TicketEvent]) -> None:
    """The same from before a ticket could be called spam."""
    tell(run, PriorityChanged, StatusChanged, ReplyWritten)


def tell(run: FlowRun[TicketEvent], *changes: type[TicketEvent]) -> None:
    """The story of both, which these changes wake."""
    ticket = run.input.ticket_id
    for number in range(1, ROUNDS + 1):
        coming = run.transact(f"look {number}", watching.look, ticket_id=ticket)
        if coming.over:
            return
        news = run.wait(f"change {number}", *changes, within=coming.within)
        if isinstance(news, SpamChanged):
            return  # a fresh run watches once it is none
        if news is None:
            run.transact(
                f"escalate {number}",
                watching.escalate,
                ticket_id=ticket,
                promise=coming.promise,
                level=coming.level,
            )
    run.transact("watch on", watching.watch_on, flow=WATCH, ticket_id=ticket)


@flow("tell the lead", version=1, on=TicketEscalated, on_dead=OnDead.SKIP, lane="notices")
def tell_the_lead(run: FlowRun[TicketEscalated]) -> None:
    """Mail whoever can help, once each; the desk shows it anyway."""
    said = run.input
    notice = run.transact(
        "write",
        write_notice,
        ticket_id=said.ticket_id,
        promise=said.promise,
        level=said.level,
    )
    for number, address in enumerate(notice.to, 1):
        run.call(
            f"tell {number}", send_notice, to=address, subject=notice.subject, text=notice.text
        )
