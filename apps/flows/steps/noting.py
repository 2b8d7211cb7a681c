"""What the CRM is told about a ticket."""

from dataclasses import dataclass

from django.conf import settings

from apps.coordination.events import moment, publish
from apps.crm.queries import active_connections
from apps.crm.services.keeping import remember_contact, write_note
from apps.crm.types import ContactFacts
from apps.flows.events import NoteWanted
from apps.tickets.models import Ticket

CREATED = "created"
SOLVED = "solved"


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asked, as a CRM is told."""

    customer_id: int
    email: str
    name: str
    company: str


def ask_for(*, ticket_id: int, kind: str) -> list[str]:
    """Have each CRM told of a ticket; returns which. About somebody without address, none is."""
    if not about(ticket_id=ticket_id).email:
        return []
    crms = active_connections()
    for crm in crms:
        publish(NoteWanted(ticket_id=ticket_id, connection=crm, kind=kind))
    return crms


def about(*, ticket_id: int) -> Asker:
    """Who opened a ticket."""
    ticket = Ticket.objects.select_related("customer").get(pk=ticket_id)
    customer = ticket.customer
    return Asker(
        customer_id=customer.pk,
        email=customer.email,
        name=customer.name,
        company=customer.company,
    )


def remember(*, customer_id: int, contact: ContactFacts) -> None:
    """Mirror the contact, and join it with the customer."""
    remember_contact(facts=contact, customer_id=customer_id, at=moment())


def write(*, ticket_id: int, contact: ContactFacts, kind: str) -> int:
    """Write the note down before it is pushed; returns its id."""
    ticket = Ticket.objects.get(pk=ticket_id)
    done = "was opened" if kind == CREATED else "was solved"
    text = f"Ticket {ticket.pk} {done}: {ticket.subject}\n{settings.SITE_URL}/tickets/{ticket.pk}/"
    note = write_note(
        connection=contact.connection,
        external_id=contact.external_id,
        about=f"ticket:{ticket.pk}",
        kind=kind,
        text=text,
        at=moment(),
    )
    return note.pk
