"""The CRM hears of a ticket when it is opened and when it is solved."""

from apps.coordination.flows import FlowRun, OnDead, flow
from apps.crm.services.asking import ensure_contact, push_note
from apps.flows.steps import noting
from apps.tickets.events import TicketEvent, TicketOpened, TicketSolved


@flow("tell the CRM of a new ticket", version=1, on=TicketOpened, on_dead=OnDead.SKIP, lane="crm")
def opened(run: FlowRun[TicketOpened]) -> None:
    """A ticket was opened: its customer's contact gets a note of it."""
    leave_a_note(run, noting.CREATED)


@flow("tell the CRM of a solution", version=1, on=TicketSolved, on_dead=OnDead.SKIP, lane="crm")
def solved(run: FlowRun[TicketSolved]) -> None:
    """A ticket was solved: the same contact hears of it."""
    leave_a_note(run, noting.SOLVED)


def leave_a_note(run: FlowRun[TicketEvent], kind: str) -> None:
    """In each CRM: find or make the contact, remember it, push the note."""
    ticket = run.input.ticket_id
    told = run.transact("who asks", noting.about, ticket_id=ticket)
    for crm in told.connections:
        contact = run.call(
            f"contact in {crm}",
            ensure_contact,
            connection=crm,
            email=told.email,
            name=told.name,
            company=told.company,
        )
        if contact is None:
            continue
        run.transact(
            f"remember contact in {crm}",
            noting.remember,
            customer_id=told.customer_id,
            contact=contact,
        )
        note = run.transact(
            f"write note for {crm}", noting.write, ticket_id=ticket, contact=contact, kind=kind
        )
        run.call(f"push note to {crm}", push_note, note_id=note)
