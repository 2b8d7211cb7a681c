"""The CRMs hear of a ticket when it is opened and when it is solved, each by a run of its own."""

from apps.coordination.flows import FlowRun, OnDead, flow
from apps.crm.services.asking import ensure_contact, push_note
from apps.flows.events import NoteWanted
from apps.flows.steps import noting
from apps.tickets.events import MessageAccepted, TicketEvent, TicketOpened, TicketSolved


def is_news(said: TicketOpened | MessageAccepted) -> bool:
    """Whether there is a new ticket to tell of; spam is none until its first message counts."""
    return said.first if isinstance(said, MessageAccepted) else not said.spam


@flow(
    "tell the CRM of a new ticket",
    version=2,
    on=(TicketOpened, MessageAccepted),
    on_dead=OnDead.SKIP,
    lane="crm",
    when=is_news,
)
def opened(run: FlowRun[TicketEvent]) -> None:
    """A ticket was opened: its customer's contact gets a note of it."""
    kind = noting.CREATED
    run.transact("ask for notes", noting.ask_for, ticket_id=run.input.ticket_id, kind=kind)


def is_a_solution(said: TicketSolved) -> bool:
    """Whether somebody was helped; spam is only put away."""
    return not said.spam


@flow(
    "tell the CRM of a solution",
    version=2,
    on=TicketSolved,
    on_dead=OnDead.SKIP,
    lane="crm",
    when=is_a_solution,
)
def solved(run: FlowRun[TicketSolved]) -> None:
    """A ticket was solved: the same contact hears of it."""
    kind = noting.SOLVED
    run.transact("ask for notes", noting.ask_for, ticket_id=run.input.ticket_id, kind=kind)


@flow("leave a note", version=1, on=NoteWanted, on_dead=OnDead.SKIP, lane="crm:{connection}")
def leave_a_note(run: FlowRun[NoteWanted]) -> None:
    """In one CRM: find or make the contact, remember it, push the note."""
    ticket, crm = run.input.ticket_id, run.input.connection
    told = run.transact("who asks", noting.about, ticket_id=ticket)
    contact = run.call(
        "contact",
        ensure_contact,
        connection=crm,
        email=told.email,
        name=told.name,
        company=told.company,
    )
    if contact is None:
        return
    run.transact(
        "remember contact", noting.remember, customer_id=told.customer_id, contact=contact
    )
    note = run.transact(
        "write note", noting.write, ticket_id=ticket, contact=contact, kind=run.input.kind
    )
    run.call("push note", push_note, connection=crm, note_id=note)
