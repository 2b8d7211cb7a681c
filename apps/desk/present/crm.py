"""What the CRM knows of a customer, and the notes it got from us."""

from dataclasses import dataclass
from datetime import datetime

from apps.core.moments import Moment, moment
from apps.crm.states import NoteKind, NoteState
from apps.crm.types import ContactFacts, NoteFacts
from apps.desk.present.beside import Fact

NOTES = {
    NoteState.PENDING: ("clock", "tone-accent", "is on its way to"),
    NoteState.PUSHED: ("check", "tone-good", "stands at"),
    NoteState.REFUSED: ("circle-x", "tone-bad", "was refused by"),
}
OCCASIONS = {NoteKind.CREATED: "Ticket opened", NoteKind.SOLVED: "Ticket solved"}


@dataclass(frozen=True, kw_only=True)
class ContactView:
    """A contact at a CRM."""

    name: str
    facts: list[Fact]
    read: Moment | None


@dataclass(frozen=True, kw_only=True)
class NoteView:
    """A note of ours, and whether it arrived."""

    icon: str
    tone: str
    text: str
    problem: str
    at: Moment


@dataclass(frozen=True, kw_only=True)
class CrmView:
    """Everything of the CRM beside a ticket."""

    contacts: list[ContactView]
    notes: list[NoteView]


def crm_view(contacts: list[ContactFacts], notes: list[NoteFacts], *, at: datetime) -> CrmView:
    """Show contacts and notes."""
    return CrmView(
        contacts=[contact_view(contact, at=at) for contact in contacts],
        notes=[note_view(note, at=at) for note in notes],
    )


def contact_view(contact: ContactFacts, *, at: datetime) -> ContactView:
    """Show one contact with what its CRM tells."""
    told = {"Company": contact.company, "Tier": contact.tier, **contact.fields}
    return ContactView(
        name=f"{contact.name or contact.email} at {contact.connection_name}",
        facts=[Fact(name=name, value=value) for name, value in told.items() if value],
        read=moment(contact.fetched_at, at=at) if contact.fetched_at else None,
    )


def note_view(note: NoteFacts, *, at: datetime) -> NoteView:
    """Show one note."""
    icon, tone, said = NOTES[NoteState(note.state)]
    return NoteView(
        icon=icon,
        tone=tone,
        text=f"“{OCCASIONS[NoteKind(note.kind)]}” {said} {note.connection_name}",
        problem=note.error,
        at=moment(note.created_at, at=at),
    )
